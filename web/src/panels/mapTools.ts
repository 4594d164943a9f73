/** What floats over the map: present or proposed, zoom, and all of it. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Side } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';

/** Switches between the present grids and the proposal. */
export function sideSwitch(scope: Scope): HTMLElement {
  const { app } = scope;
  const button = (side: Side) =>
    h(
      'button',
      { type: 'button', 'data-side': side, on: { click: () => app.store.set({ side }) } },
      app.t(`balance.${side}`),
    );
  const sides = (['present', 'proposed'] as const).map(button);
  const element = h(
    'div',
    { class: 'side-switch floating' },
    h('div', { class: 'segmented', role: 'group', 'aria-label': app.t('show.label') }, ...sides),
    h('span', { class: 'changed-key' }, app.t('show.changed')),
  );
  scope.draw(['proposal', 'side'], ({ proposal, side }) => {
    show(element, proposal !== null);
    for (const each of sides) each.setAttribute('aria-pressed', String(each.dataset.side === side));
  });
  return element;
}

export function zoomButtons(scope: Scope, map: () => MapLibre | null): HTMLElement {
  const { app } = scope;
  const button = (label: string, path: string, act: () => void) =>
    h(
      'button',
      {
        class: 'icon-button',
        type: 'button',
        'aria-label': label,
        title: label,
        on: { click: act },
      },
      icon(path),
    );
  const home = () => {
    const { dataset } = app.store.get();
    if (dataset) app.store.set({ focus: { bounds: dataset.bbox } });
  };
  return h(
    'div',
    { class: 'zoom-buttons floating' },
    button(app.t('map.zoomIn'), ICONS.plus, () => map()?.zoomIn()),
    button(app.t('map.zoomOut'), ICONS.minus, () => map()?.zoomOut()),
    button(app.t('map.home'), ICONS.home, home),
  );
}
