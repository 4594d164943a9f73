/** Maps on paper. */
import type { Map as MapLibre } from 'maplibre-gl';

/** The canvas keeps its screen size on paper unless it is told. Returns how to stop. */
export function printWhole(map: MapLibre): () => void {
  const refit = () => {
    map.resize();
    map.redraw();
  };
  window.addEventListener('beforeprint', refit);
  window.addEventListener('afterprint', refit);
  return () => {
    window.removeEventListener('beforeprint', refit);
    window.removeEventListener('afterprint', refit);
  };
}
