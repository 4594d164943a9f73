/** Areas and lines of the map, from the ground up. */
import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl';
import type { LayerInfo } from '../api/types';
import { COLOURS, netStyle, TINTS } from './palette';
import { growing, type Scale } from './scale';

/** Which dataset layer a map layer belongs to, so that it can be switched on and off with it. */
export const PART_OF = 'wangge:layer';

const part = (layer: string) => ({ metadata: { [PART_OF]: layer } });
const round = { 'line-join': 'round', 'line-cap': 'round' } as const;

const WATER = [
  'stream',
  'river',
  'water',
  'lake',
  'canal',
  'sea',
  '河',
  '河流',
  '溪',
  '溪流',
  '湖',
];
const isWater: ExpressionSpecification = [
  'any',
  ['in', ['get', 'kind'], ['literal', WATER]],
  ['==', ['geometry-type'], 'LineString'],
];
export const barrierColour = (water: string, other: string): ExpressionSpecification => [
  'case',
  isWater,
  water,
  other,
];

const roadClass: ExpressionSpecification = ['coalesce', ['get', 'class'], ['get', 'kind'], ''];
const ARTERIALS = ['arterial', 'trunk', 'primary', 'main', 'expressway', '快速路', '主干道'];
const LANES = ['lane', 'residential', 'service', 'path', 'alley', '巷', '支路'];
export const isLane: ExpressionSpecification = ['in', roadClass, ['literal', LANES]];
/** Main roads are wider, lanes narrower than a plain road. */
const roadWidth = (width: number): ExpressionSpecification => [
  '*',
  width,
  ['match', roadClass, ARTERIALS, 1.7, LANES, 0.6, 1],
];

function roadLine(scale: Scale, extra: number): ExpressionSpecification {
  const at = (zoom: number, width: number) => [
    scale.zoom + zoom,
    roadWidth(width * scale.size + extra),
  ];
  const stops = [...at(-1, 0.8), ...at(0, 2), ...at(2, 5), ...at(4, 12)];
  return ['interpolate', ['linear'], ['zoom'], ...stops] as unknown as ExpressionSpecification;
}

const tint = [
  'match',
  ['get', 'tint'],
  ...TINTS.flatMap((colour, i) => [i, colour]),
  TINTS[0],
] as unknown as ExpressionSpecification;

/** The ground, the grids' tints and what lies on them. */
export function areaLayers(scale: Scale): LayerSpecification[] {
  return [
    { id: 'paper', type: 'background', paint: { 'background-color': COLOURS.paper } },
    {
      id: 'subdistrict-fill',
      type: 'fill',
      source: 'subdistrict',
      ...part('subdistrict'),
      paint: { 'fill-color': COLOURS.land },
    },
    {
      id: 'grids-fill',
      type: 'fill',
      source: 'grids',
      ...part('grids'),
      paint: { 'fill-color': tint },
    },
    {
      id: 'barriers-fill',
      type: 'fill',
      source: 'barriers',
      ...part('barriers'),
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': barrierColour(COLOURS.water, COLOURS.hill), 'fill-opacity': 0.62 },
    },
    {
      id: 'compounds-fill',
      type: 'fill',
      source: 'compounds',
      ...part('compounds'),
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': COLOURS.compound, 'fill-opacity': 0.14 },
    },
    {
      id: 'compounds-line',
      type: 'line',
      source: 'compounds',
      ...part('compounds'),
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: {
        'line-color': COLOURS.compoundBorder,
        'line-opacity': 0.7,
        'line-width': growing(scale, [
          [0, 0.5],
          [3, 1.4],
        ]),
      },
    },
    {
      id: 'buildings-fill',
      type: 'fill',
      source: 'buildings',
      ...part('buildings'),
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': COLOURS.building },
    },
    {
      id: 'changed-fill',
      type: 'fill',
      source: 'changed',
      paint: { 'fill-pattern': 'hatch' },
    },
    {
      id: 'units-line',
      type: 'line',
      source: 'units',
      ...part('units'),
      paint: { 'line-color': COLOURS.unit, 'line-width': 0.8, 'line-dasharray': [3, 2] },
    },
  ];
}

/** Roads, streams, and the borders of all kinds. */
export function lineLayers(scale: Scale, nets: readonly LayerInfo[]): LayerSpecification[] {
  return [
    {
      id: 'roads-casing',
      type: 'line',
      source: 'roads',
      ...part('roads'),
      layout: round,
      paint: { 'line-color': COLOURS.roadCasing, 'line-width': roadLine(scale, 1.2) },
    },
    {
      id: 'roads-line',
      type: 'line',
      source: 'roads',
      ...part('roads'),
      layout: round,
      paint: { 'line-color': COLOURS.road, 'line-width': roadLine(scale, 0) },
    },
    {
      id: 'barriers-line',
      type: 'line',
      source: 'barriers',
      ...part('barriers'),
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: round,
      paint: {
        'line-color': COLOURS.water,
        'line-width': growing(scale, [
          [-1, 1.5],
          [0, 3],
          [3, 8],
        ]),
      },
    },
    ...gridBorders(scale),
    ...nets.map((net, i) => netLine(scale, net, i)),
  ];
}

function gridBorders(scale: Scale): LayerSpecification[] {
  const border = (id: string, source: string, colour: string, widths: [number, number]) => ({
    id,
    type: 'line' as const,
    source,
    ...part(source),
    layout: round,
    paint: {
      'line-color': colour,
      'line-width': growing(scale, [
        [-1, widths[0]],
        [2, widths[1]],
      ]),
    },
  });
  return [
    border('grids-casing', 'grids', COLOURS.halo, [4, 8]),
    border('grids-line', 'grids', COLOURS.gridBorder, [1.8, 3.6]),
    border('communities-casing', 'communities', COLOURS.halo, [5, 10]),
    border('communities-line', 'communities', COLOURS.community, [2.6, 5]),
    border('subdistrict-line', 'subdistrict', COLOURS.subdistrict, [3.2, 6]),
  ];
}

function netLine(scale: Scale, net: LayerInfo, index: number): LayerSpecification {
  const style = netStyle(index);
  return {
    id: `${net.id}-line`,
    type: 'line',
    source: net.id,
    ...part(net.id),
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': style.colour,
      'line-width': 2.2 * scale.size,
      // MapLibre winds outer rings clockwise on the screen, so a positive offset lies inside: what
      // each of two neighbours calls its own shows on its own side of the border.
      'line-offset': style.inset * scale.size,
      'line-dasharray': [...style.dash],
    },
  };
}
