/** The style of the two maps: the main map's, with what is mended on top. */
import type {
  GeoJSONSourceSpecification,
  LayerSpecification,
  Map as MapLibre,
  StyleSpecification,
} from 'maplibre-gl';
import type { Dataset } from '../api/types';
import { hatch } from '../map/hatch';
import { COLOURS } from '../map/palette';
import { growing, type Scale } from '../map/scale';
import { buildStyle } from '../map/style';
import { PART_OF } from '../map/styleAreas';
import type { Group } from './items';

const GROUND = new Set(['subdistrict', 'communities', 'grids', 'compounds', 'roads', 'barriers']);
/** Of the labels the grids' numbers are enough on half a screen; the table has the rest. */
const NOT_HERE = new Set(['grids-name', 'grids-households', 'communities-label']);

export const SHAPES = 'mend-shapes';
export const MARKS = 'mend-marks';
export const CHANGED = 'mend-changed';

const source: GeoJSONSourceSpecification = {
  type: 'geojson',
  data: { type: 'FeatureCollection', features: [] },
};

export function styleOf(dataset: Dataset, scale: Scale): StyleSpecification {
  const nets = new Set(dataset.layers.filter(layer => layer.net).map(({ id }) => id));
  const whole = buildStyle(dataset, scale);
  const layers = whole.layers.flatMap((layer): LayerSpecification[] => {
    const part = (layer.metadata as Record<string, string> | undefined)?.[PART_OF];
    if (layer.type === 'background') return [layer];
    if (part === undefined || NOT_HERE.has(layer.id)) return [];
    if (GROUND.has(part)) return [layer];
    return nets.has(part)
      ? [{ ...layer, layout: { ...layer.layout, visibility: 'none' } } as LayerSpecification]
      : [];
  });
  const labels = layers.findIndex(layer => layer.type === 'symbol');
  layers.splice(labels < 0 ? layers.length : labels, 0, ...shapeLayers(scale));
  return {
    ...whole,
    sources: { ...whole.sources, [SHAPES]: source, [MARKS]: source },
    layers: [...layers, ...markLayers()],
  };
}

const mended: unknown[] = ['get', 'mended'];
const isPolygon: unknown[] = ['==', ['geometry-type'], 'Polygon'];
const isPoint: unknown[] = ['==', ['geometry-type'], 'Point'];
const colour = ['case', mended, COLOURS.changed, COLOURS.finding];

function shapeLayers(scale: Scale): LayerSpecification[] {
  const layers = [
    {
      id: 'mend-fill',
      type: 'fill',
      source: SHAPES,
      filter: ['all', isPolygon, ['!', mended]],
      paint: { 'fill-color': COLOURS.finding, 'fill-opacity': 0.22 },
    },
    {
      id: 'mend-hatch',
      type: 'fill',
      source: SHAPES,
      filter: ['all', isPolygon, mended],
      paint: { 'fill-pattern': 'hatch' },
    },
    // What is mended is no border any more: dashes show where it was.
    {
      id: 'mend-was',
      type: 'line',
      source: SHAPES,
      filter: ['all', ['!', isPoint], mended],
      paint: { 'line-color': COLOURS.changed, 'line-width': 1.8, 'line-dasharray': [2.5, 2] },
    },
    {
      id: CHANGED,
      type: 'line',
      source: 'grids',
      filter: ['in', ['get', 'code'], ['literal', []]],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': COLOURS.changed,
        'line-width': growing(scale, [
          [-1, 4],
          [3, 7],
        ]),
      },
    },
    {
      id: 'mend-halo',
      type: 'line',
      source: SHAPES,
      filter: ['all', ['!', isPoint], ['!', mended], ['get', 'open']],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': COLOURS.halo, 'line-width': 9 },
    },
    {
      id: 'mend-line',
      type: 'line',
      source: SHAPES,
      filter: ['all', ['!', isPoint], ['!', mended]],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': COLOURS.finding,
        'line-width': ['case', ['get', 'open'], 4, 2],
      },
    },
    {
      id: 'mend-point',
      type: 'circle',
      source: SHAPES,
      filter: isPoint,
      paint: {
        'circle-color': colour,
        'circle-radius': 5,
        'circle-stroke-color': COLOURS.halo,
        'circle-stroke-width': 2,
      },
    },
  ];
  return layers as unknown as LayerSpecification[];
}

const isOpenPill = ['==', ['get', 'pill'], 'open'];

function markLayers(): LayerSpecification[] {
  const layer = {
    id: MARKS,
    type: 'symbol',
    source: MARKS,
    layout: {
      'text-field': ['get', 'label'],
      'text-font': ['Map Bold', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif'],
      'text-size': 13,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
      'text-max-width': 40,
      // The mark of the open item stands above it, so that the place itself is seen.
      'text-anchor': ['case', isOpenPill, 'bottom', 'center'],
      'text-offset': ['case', isOpenPill, ['literal', [0, -0.6]], ['literal', [0, 0]]],
      'icon-image': ['concat', 'pill-', ['get', 'pill']],
      'icon-text-fit': 'both',
      'icon-text-fit-padding': [2, 5, 2, 5],
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'symbol-sort-key': ['case', isOpenPill, 1, 0],
    },
    paint: { 'text-color': COLOURS.halo },
  };
  return [layer as unknown as LayerSpecification];
}

/** As in the list, each group has its colour; its sign stands before the number. */
const PILLS: Readonly<Record<Group | 'open', string>> = {
  done: COLOURS.changed,
  confirm: '#8a4b08',
  left: COLOURS.finding,
  open: COLOURS.selected,
};

export function addImages(map: MapLibre): void {
  map.addImage('hatch', hatch(), { pixelRatio: 2 });
  for (const [name, fill] of Object.entries(PILLS)) addPill(map, `pill-${name}`, fill);
}

const PILL = { side: 40, corner: 12, rim: 4 };

/** A rounded box that stretches around its text. */
function addPill(map: MapLibre, name: string, fill: string): void {
  const { side, corner, rim } = PILL;
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.beginPath();
  context.roundRect(rim / 2, rim / 2, side - rim, side - rim, corner);
  context.fillStyle = fill;
  context.strokeStyle = COLOURS.halo;
  context.lineWidth = rim;
  context.fill();
  context.stroke();
  const middle: [number, number][] = [[corner + rim, side - corner - rim]];
  map.addImage(name, context.getImageData(0, 0, side, side), {
    pixelRatio: 2,
    stretchX: middle,
    stretchY: middle,
    content: [rim, rim, side - rim, side - rim],
  });
}
