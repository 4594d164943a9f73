/** A map as all of them are: flat, north up, of the dataset and little around it. */
import {
  Map as MapLibre,
  type MapOptions,
  ScaleControl,
  type StyleSpecification,
} from 'maplibre-gl';
import { reducedMotion } from './camera';
import type { Scale } from './scale';
import './worker';

const MAX_ZOOM = 22;
const FADE_MS = 120;
/** How far in, beyond the zoom at which all is seen, one can go. */
const DEEPEST = 9;

interface Wanted {
  container: HTMLElement;
  style: StyleSpecification;
  scale: Scale;
  /** What is seen at first. */
  view: Pick<MapOptions, 'bounds' | 'fitBoundsOptions' | 'center' | 'zoom'>;
  /** What a screen reader says of it. */
  title: string;
  scaleBarPx: number;
}

/** Resolves when the map can be drawn on. */
export async function createMap(wanted: Wanted): Promise<MapLibre> {
  const { container, style, scale, view, title, scaleBarPx } = wanted;
  const map = new MapLibre({
    container,
    style,
    ...view,
    maxZoom: Math.min(MAX_ZOOM, scale.zoom + DEEPEST),
    minZoom: Math.max(0, scale.zoom - 3),
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    renderWorldCopies: false,
    fadeDuration: reducedMotion() ? 0 : FADE_MS,
    // Without it the browser prints an empty sheet.
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: true },
    locale: { 'Map.Title': title },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new ScaleControl({ maxWidth: scaleBarPx }), 'bottom-left');
  await new Promise<void>((resolve, reject) => {
    map.once('style.load', () => resolve());
    map.once('error', ({ error }) => reject(error));
  });
  return map;
}
