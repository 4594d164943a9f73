/** Layers on and off, each with the sign that it has on the map. */
import { toggleLayer } from '../actions/load';
import type { LayerInfo } from '../api/types';
import { COLOURS, netStyle, TINTS } from '../map/palette';
import { type State, visibleLayers } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';

export function layersPanel(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const toggle = () => app.store.set({ layersOpen: !app.store.get().layersOpen });
  const open = h(
    'button',
    {
      class: 'button map-button layers-open',
      type: 'button',
      'aria-controls': 'layers',
      on: { click: toggle },
    },
    icon(ICONS.layers),
    t('layers.title'),
  );
  const list = h('ul', { class: 'layer-list' });
  const panel = h(
    'section',
    { id: 'layers', class: 'layers-panel floating', 'aria-label': t('layers.title') },
    list,
  );
  scope.draw(['layersOpen'], ({ layersOpen }) => {
    show(panel, layersOpen);
    open.setAttribute('aria-expanded', String(layersOpen));
  });
  scope.draw(['dataset'], state => list.replaceChildren(...rows(scope, state)));
  scope.draw(['layers', 'finding', 'report', 'dataset', 'failedLayers'], state => {
    const shown = visibleLayers(state);
    for (const box of list.querySelectorAll<HTMLInputElement>('input')) {
      box.checked = shown.has(box.value);
      box.closest('li')?.classList.toggle('failed', state.failedLayers.has(box.value));
    }
  });
  return h('div', { class: 'layers' }, open, panel);
}

function rows({ app }: Scope, { dataset, lang }: Readonly<State>): HTMLElement[] {
  const nets = dataset?.layers.filter(({ net }) => net) ?? [];
  return (dataset?.layers ?? []).map(layer =>
    h(
      'li',
      {},
      h(
        'label',
        {},
        h('input', {
          type: 'checkbox',
          value: layer.id,
          on: { change: () => toggleLayer(app, layer.id) },
        }),
        swatch(layer, nets.indexOf(layer)),
        h('span', {}, (lang === 'zh' ? layer.title_zh : layer.title) || layer.id),
        h('span', { class: 'layer-failed' }, app.t('layers.failed')),
      ),
    ),
  );
}

interface Sign {
  fill?: string;
  line?: string;
  width?: number;
  dash?: string;
  dot?: string;
}

const SIGNS: Record<string, Sign> = {
  subdistrict: { line: COLOURS.subdistrict, width: 3.5 },
  communities: { line: COLOURS.community, width: 3 },
  grids: { fill: TINTS[0], line: COLOURS.gridBorder, width: 2.2 },
  compounds: { fill: COLOURS.compound, line: COLOURS.compoundBorder, width: 1 },
  units: { line: COLOURS.unit, width: 1, dash: '3 2' },
  roads: { line: COLOURS.roadCasing, width: 4 },
  barriers: { fill: COLOURS.hill },
  buildings: { fill: COLOURS.building },
  landmarks: { dot: COLOURS.landmark },
};

function signOf(layer: LayerInfo, net: number): Sign {
  if (net >= 0) {
    const { colour, dash } = netStyle(net);
    return { line: colour, width: 2.6, dash: dash.map(length => length * 2.6).join(' ') };
  }
  if (layer.id === 'compounds' && layer.geometry === 'point') return { dot: COLOURS.compoundText };
  return SIGNS[layer.id] ?? { line: COLOURS.unit, width: 1.2 };
}

const SVG = 'http://www.w3.org/2000/svg';

function swatch(layer: LayerInfo, net: number): SVGElement {
  const sign = signOf(layer, net);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 30 18');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('swatch');
  const add = (name: string, attributes: Record<string, string | number>) => {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
    svg.append(shape);
  };
  const stroke = { stroke: sign.line ?? 'none', 'stroke-width': sign.width ?? 0 };
  if (sign.fill) add('rect', { x: 3, y: 2, width: 24, height: 14, fill: sign.fill, ...stroke });
  else if (sign.dot) add('circle', { cx: 15, cy: 9, r: 4, fill: sign.dot });
  else {
    add('line', {
      x1: 1,
      y1: 9,
      x2: 29,
      y2: 9,
      ...stroke,
      'stroke-dasharray': sign.dash ?? 'none',
    });
    if (layer.id === 'roads') {
      add('line', { x1: 1, y1: 9, x2: 29, y2: 9, stroke: COLOURS.road, 'stroke-width': 2.4 });
    }
  }
  return svg;
}
