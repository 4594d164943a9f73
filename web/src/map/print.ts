/** Maps on paper. */
import type { LngLatBounds, Map as MapLibre } from 'maplibre-gl';

/**
 * Shows on the sheet what is on the screen, whatever the sheet's shape, and goes back afterwards.
 * Returns how to stop.
 */
export function printWhole(map: MapLibre): () => void {
  const paper = window.matchMedia('print');
  let shown: { bounds: LngLatBounds; center: [number, number]; zoom: number } | null = null;
  const before = () => {
    shown ??= {
      bounds: map.getBounds(),
      center: map.getCenter().toArray(),
      zoom: map.getZoom(),
    };
  };
  const refit = () => {
    if (!shown || !paper.matches) return;
    map.fitBounds(shown.bounds, { animate: false });
    map.redraw();
  };
  const after = () => {
    if (!shown) return;
    const { center, zoom } = shown;
    shown = null;
    map.resize();
    map.jumpTo({ center, zoom });
  };
  const changed = () => {
    if (!paper.matches) return after();
    before();
    map.resize();
  };
  window.addEventListener('beforeprint', before);
  window.addEventListener('afterprint', after);
  paper.addEventListener('change', changed);
  map.on('resize', refit);
  return () => {
    window.removeEventListener('beforeprint', before);
    window.removeEventListener('afterprint', after);
    paper.removeEventListener('change', changed);
    map.off('resize', refit);
  };
}
