/** The pointer over the map: a grid's key figures, and a click that asks for the grid. */
import type { Map as MapLibre, MapMouseEvent } from 'maplibre-gl';
import { locatePoint } from '../actions/locate';
import { count, signedPercent } from '../format';
import { bandOf, shownFigures } from '../grids';
import type { App } from '../state/app';
import { h, show } from '../ui/dom';

const SIGN = { over: '▲ ', under: '▼ ', within: '' } as const;

export function watchPointer(app: App, map: MapLibre): void {
  const tip = h('div', { class: 'tip', role: 'presentation', hidden: true });
  map.getContainer().append(tip);
  const gridAt = (event: MapMouseEvent): string | null => {
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ['grids-fill'] });
    return (feature?.properties.code as string | undefined) ?? null;
  };
  const leave = () => {
    show(tip, false);
    if (app.store.get().hover !== null) app.store.set({ hover: null });
  };
  map.on('mousemove', event => {
    const code = gridAt(event);
    map.getCanvas().style.cursor = code ? 'pointer' : '';
    if (!code) return leave();
    if (app.store.get().hover !== code || tip.hidden) {
      app.store.set({ hover: code });
      tip.replaceChildren(...tipLines(app, code));
      show(tip, true);
    }
    placeTip(tip, event.point.x, event.point.y, map.getContainer());
  });
  map.on('mouseout', leave);
  map.on('dragstart', leave);
  map.on('click', event => {
    if (app.store.get().border) return;
    const { lng, lat } = event.lngLat;
    void locatePoint(app, [lng, lat], gridAt(event));
  });
}

function tipLines(app: App, code: string): HTMLElement[] {
  const state = app.store.get();
  const grid = shownFigures(state).get(code);
  if (!grid || !state.dataset) return [];
  const band = bandOf(grid.deviation, state.dataset);
  const households = app.t('grid.householdsLabel', { n: count(grid.households, state.lang) });
  return [
    h('b', { class: 'tip-name' }, `${grid.number}  ${grid.name}`),
    h(
      'span',
      { class: `tip-figure ${band}` },
      `${households} · ${SIGN[band]}${signedPercent(grid.deviation, state.lang)}`,
    ),
    ...(grid.properties.branch_name ? [h('span', {}, grid.properties.branch_name)] : []),
  ];
}

const GAP_PX = 16;

function placeTip(tip: HTMLElement, x: number, y: number, frame: HTMLElement): void {
  const left =
    x + GAP_PX + tip.offsetWidth > frame.clientWidth ? x - GAP_PX - tip.offsetWidth : x + GAP_PX;
  const top =
    y + GAP_PX + tip.offsetHeight > frame.clientHeight ? y - GAP_PX - tip.offsetHeight : y + GAP_PX;
  tip.style.setProperty('translate', `${Math.max(left, 0)}px ${Math.max(top, 0)}px`);
}
