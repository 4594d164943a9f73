/** Puts the parts together; built anew when the language changes, around the same map. */
import type { Map as MapLibre } from 'maplibre-gl';
import { borderPanel } from '../border/panel';
import { repairPage } from '../repair/page';
import type { App } from '../state/app';
import { h, show } from '../ui/dom';
import { Scope } from '../ui/scope';
import { card } from './card';
import { header } from './header';
import { layersPanel } from './layersPanel';
import { sideSwitch, zoomButtons } from './mapTools';
import { namesPanel } from './namesPanel';
import { notices } from './notices';
import { search } from './search';
import { tabs } from './tabs';

export interface Page {
  /** Where the map is drawn. */
  mapFrame: HTMLElement;
  setMap(map: MapLibre): void;
}

export function buildPage(app: App, root: HTMLElement): Page {
  let map: MapLibre | null = null;
  const mapFrame = h('div', { id: 'map', class: 'map' });
  const sidebar = h('div', { class: 'sidebar' });
  const mapArea = h('div', { class: 'map-area' }, mapFrame);
  const stage = h('main', { class: 'stage' }, mapArea);
  root.replaceChildren(sidebar, stage);
  let scope = new Scope(app);
  const build = () => {
    scope.end();
    scope = new Scope(app);
    const { t } = app;
    mapFrame.setAttribute('aria-label', t('app.map'));
    map?.getCanvas().setAttribute('aria-label', t('map.canvas'));
    sidebar.replaceChildren(
      h(
        'a',
        { class: 'skip', href: '#map', on: { click: event => toMap(event, mapFrame) } },
        t('app.skip'),
      ),
      header(scope),
      search(scope),
      tabs(scope),
      namesPanel(scope),
    );
    // The map itself stays where it is: taking it out of the page would make it stutter.
    removeAllBut(mapArea, mapFrame);
    mapArea.append(
      noMap(scope),
      sideSwitch(scope),
      layersPanel(scope),
      zoomButtons(scope, () => map),
      notices(scope),
    );
    removeAllBut(stage, mapArea);
    stage.prepend(card(scope), borderPanel(scope));
    removeAllBut(root, sidebar, stage);
    root.append(repairPage(scope));
  };
  build();
  app.store.watch(['lang'], build);
  return {
    mapFrame,
    setMap(made) {
      map = made;
    },
  };
}

function removeAllBut(parent: HTMLElement, ...kept: Element[]): void {
  for (const child of [...parent.children]) if (!kept.includes(child)) child.remove();
}

/** The fragment holds the state, so a plain link to the map would lose it. */
function toMap(event: Event, mapFrame: HTMLElement): void {
  event.preventDefault();
  mapFrame.querySelector('canvas')?.focus();
}

function noMap(scope: Scope): HTMLElement {
  const text = h('p', { class: 'no-map', role: 'status' });
  scope.draw(['mapError'], ({ mapError }) => {
    show(text, mapError !== null);
    text.textContent = mapError ?? '';
  });
  return text;
}
