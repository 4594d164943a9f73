/** Zooms and sizes are relative to the zoom at which the whole dataset fits its frame. Pure. */
import type { ExpressionSpecification } from 'maplibre-gl';
import type { Bbox } from '../api/types';

const TILE_PX = 512;
/** The frame for which sizes are written down. */
const FRAME = { width: 960, height: 720 };

export interface Scale {
  /** The zoom at which the dataset fits. */
  zoom: number;
  /** How much larger than written text and signs are drawn, for large screens. */
  size: number;
}

export function scaleFor(bbox: Bbox, width: number, height: number): Scale {
  const [west, south, east, north] = bbox;
  const across = Math.max(east - west, 1e-6) / 360;
  const down = Math.max(mercator(north) - mercator(south), 1e-8);
  const zoom = Math.log2(Math.min(width / across, height / down) / TILE_PX);
  const size = Math.min(width / FRAME.width, height / FRAME.height);
  return { zoom, size: Math.min(Math.max(size, 0.55), 1.5) };
}

function mercator(lat: number): number {
  const angle = (Math.min(Math.max(lat, -85), 85) * Math.PI) / 180;
  return (1 + Math.log(Math.tan(angle) + 1 / Math.cos(angle)) / Math.PI) / 2;
}

/** A size that grows with the zoom, given at zooms relative to that where the dataset fits. */
export function growing(scale: Scale, stops: readonly (readonly [number, number])[]) {
  const steps = stops.flatMap(([zoom, size]) => [scale.zoom + zoom, size * scale.size]);
  return ['interpolate', ['linear'], ['zoom'], ...steps] as unknown as ExpressionSpecification;
}
