import type { Map as MapLibre } from 'maplibre-gl';
import type { State } from '../../src/state/app';
import type { Store } from '../../src/state/store';

declare global {
  interface Window {
    __wangge?: { store: Store<State>; map: MapLibre | null };
  }
}
