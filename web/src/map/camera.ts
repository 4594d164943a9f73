/** Flies where the state says, and tells the state where the map has got to. */
import type { Map as MapLibre, PaddingOptions } from 'maplibre-gl';
import type { App, State } from '../state/app';
import type { Scale } from './scale';

/** How much further in than "all is seen" a flight goes. */
const CLOSEST = 4.5;
const FLIGHT_MS = 700;
const MARGIN_PX = 48;
const MARGIN_SHARE = 0.06;

export function watchCamera(app: App, map: MapLibre, scale: Scale): void {
  app.store.watch(['focus'], state => {
    if (!state.focus) return;
    map.fitBounds([...state.focus.bounds], {
      padding: room(map.getContainer(), state, state.focus.bounds === state.dataset?.bbox),
      maxZoom: scale.zoom + CLOSEST,
      duration: reducedMotion() ? 0 : FLIGHT_MS,
    });
  });
  map.on('moveend', () => {
    const { lng, lat } = map.getCenter();
    app.store.set({ camera: { lon: lng, lat, zoom: map.getZoom() } });
  });
}

/** What floats over the map leaves its room free; the whole dataset may reach under the card. */
export function room(
  frame: HTMLElement,
  state: Readonly<State>,
  whole: boolean,
): Required<PaddingOptions> {
  const width = frame.clientWidth;
  const covered = (selector: string) => {
    const panel = frame.closest('.stage')?.querySelector<HTMLElement>(selector);
    return panel && !panel.hidden && panel.offsetWidth < width / 2 ? panel.offsetWidth : 0;
  };
  const margin = Math.min(MARGIN_PX, width * MARGIN_SHARE);
  return {
    top: margin + (state.proposal ? margin / 2 : 0),
    bottom: margin,
    left: (whole ? 0 : Math.max(covered('.card'), covered('.border-panel'))) + margin,
    right: covered('.layers-panel') + margin,
  };
}

export function reducedMotion(): boolean {
  return window.matchMedia('(prefers-reduced-motion: reduce)').matches;
}
