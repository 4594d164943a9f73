/** The whole style of the map for a dataset: no tile, font or picture from anywhere else. */
import type {
  GeoJSONSourceSpecification,
  LayerSpecification,
  StyleSpecification,
} from 'maplibre-gl';
import type { Dataset, LayerInfo } from '../api/types';
import { COLOURS } from './palette';
import type { Scale } from './scale';
import { areaLayers, lineLayers, PART_OF } from './styleAreas';
import { dotLayers, labelLayers } from './styleLabels';
import { markLayers, pinLayers } from './styleMarks';

/** More grids than this and their numbers must make room for one another. */
const NUMBERS_MAY_OVERLAP_UP_TO = 80;

const EMPTY: GeoJSONSourceSpecification = {
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
};

export function buildStyle(dataset: Dataset, scale: Scale): StyleSpecification {
  const nets = dataset.layers.filter(layer => layer.net);
  const layers = [
    ...areaLayers(scale),
    ...lineLayers(scale, nets),
    ...dotLayers(scale),
    ...markLayers(scale),
    ...labelLayers(scale, dataset.grids <= NUMBERS_MAY_OVERLAP_UP_TO),
    ...pinLayers(scale),
  ];
  const drawn = new Set(layers.map(layer => ('source' in layer ? layer.source : null)));
  const others = dataset.layers.filter(layer => !drawn.has(layer.id));
  layers.splice(
    layers.findIndex(layer => layer.id === 'grids-casing'),
    0,
    ...others.map(plain),
  );
  const sources: StyleSpecification['sources'] = {};
  for (const layer of layers) {
    if ('source' in layer && typeof layer.source === 'string') sources[layer.source] = EMPTY;
  }
  // Without `glyphs` all text is drawn from local fonts.
  return { version: 8, sources, layers };
}

/** A layer that the viewer knows nothing of is drawn in plain ink. */
function plain({ id, geometry }: LayerInfo): LayerSpecification {
  const base = { source: id, metadata: { [PART_OF]: id } };
  return geometry === 'point'
    ? {
        id: `${id}-dot`,
        type: 'circle',
        ...base,
        paint: { 'circle-color': COLOURS.unit, 'circle-radius': 3 },
      }
    : {
        id: `${id}-line`,
        type: 'line',
        ...base,
        paint: { 'line-color': COLOURS.unit, 'line-width': 1.2 },
      };
}
