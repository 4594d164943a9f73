/** Text on the map, drawn from the machine's own fonts. Later layers are placed first. */
import type {
  ExpressionSpecification,
  LayerSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl';
import { COLOURS } from './palette';
import { growing, type Scale } from './scale';
import { barrierColour, isLane, PART_OF } from './styleAreas';

const FAMILIES = [
  'PingFang SC',
  'Microsoft YaHei',
  'Noto Sans CJK SC',
  'Noto Sans SC',
  'Source Han Sans SC',
  'WenQuanYi Micro Hei',
  'sans-serif',
];
/** MapLibre reads the weight from the first name; no such font need exist. */
const REGULAR = ['Map Medium', ...FAMILIES];
const BOLD = ['Map Bold', ...FAMILIES];

type Layout = SymbolLayerSpecification['layout'];

interface Label {
  id: string;
  source: string;
  part: string;
  field: ExpressionSpecification;
  size: readonly (readonly [number, number])[];
  colour: string | ExpressionSpecification;
  halo?: number;
  layout?: Layout;
  /** Relative to the zoom at which the dataset fits. */
  from?: number;
  filter?: ExpressionSpecification;
}

function label(scale: Scale, text: Label): LayerSpecification {
  return {
    id: text.id,
    type: 'symbol',
    source: text.source,
    metadata: { [PART_OF]: text.part },
    minzoom: Math.max(0, scale.zoom + (text.from ?? -4)),
    ...(text.filter ? { filter: text.filter } : {}),
    layout: {
      'text-field': text.field,
      'text-font': REGULAR,
      'text-size': growing(scale, text.size),
      'text-max-width': 9,
      'text-padding': 3,
      ...text.layout,
    },
    paint: {
      'text-color': text.colour,
      'text-halo-color': COLOURS.halo,
      'text-halo-width': text.halo ?? 1.6,
    },
  } as LayerSpecification;
}

const name: ExpressionSpecification = ['coalesce', ['get', 'name'], ''];

/** Dots of point layers, below all text. */
export function dotLayers(scale: Scale): LayerSpecification[] {
  // Dots without names are noise: they come forward as one comes nearer.
  const zooms = [scale.zoom, 0.45, scale.zoom + 1, 1];
  const fadingIn = ['interpolate', ['linear'], ['zoom'], ...zooms] as ExpressionSpecification;
  const dot = (source: string, colour: string): LayerSpecification => ({
    id: `${source}-dot`,
    type: 'circle',
    source,
    metadata: { [PART_OF]: source },
    filter: ['==', ['geometry-type'], 'Point'],
    paint: {
      'circle-color': colour,
      'circle-radius': growing(scale, [
        [-1, 1.5],
        [0, 2.4],
        [3, 5],
      ]),
      'circle-opacity': fadingIn,
      'circle-stroke-opacity': fadingIn,
      'circle-stroke-color': COLOURS.halo,
      'circle-stroke-width': 1.2,
    },
  });
  return [
    dot('buildings', COLOURS.building),
    dot('compounds', COLOURS.compoundText),
    dot('landmarks', COLOURS.landmark),
  ];
}

export function labelLayers(scale: Scale, gridsMayOverlap: boolean): LayerSpecification[] {
  return [...placeLabels(scale), ...gridLabels(scale, gridsMayOverlap)];
}

function placeLabels(scale: Scale): LayerSpecification[] {
  const points = {
    'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
    'text-radial-offset': 0.7,
  };
  const texts: Label[] = [
    {
      id: 'units-label',
      source: 'units-points',
      part: 'units',
      field: name,
      size: [
        [2, 10],
        [4, 13],
      ],
      colour: COLOURS.unit,
      from: 1.5,
    },
    {
      id: 'compounds-label',
      source: 'compounds-points',
      part: 'compounds',
      field: name,
      size: [
        [0, 11],
        [1, 12.5],
        [3, 18],
      ],
      colour: COLOURS.compoundText,
      layout: points as Layout,
      from: 0.6,
    },
    {
      id: 'landmarks-label',
      source: 'landmarks',
      part: 'landmarks',
      field: name,
      size: [
        [0, 11],
        [3, 17],
      ],
      colour: COLOURS.landmark,
      layout: { 'text-anchor': 'top', 'text-offset': [0, 0.5] },
      from: 0.6,
    },
    ...roadLabels(),
    {
      id: 'barriers-label',
      source: 'barriers-points',
      part: 'barriers',
      field: name,
      size: [
        [0, 13],
        [3, 19],
      ],
      colour: barrierColour(COLOURS.waterText, COLOURS.hillText),
      layout: { 'text-letter-spacing': 0.2 },
    },
    {
      id: 'communities-label',
      source: 'communities-points',
      part: 'communities',
      field: name,
      size: [
        [-1, 12],
        [0, 15],
        [2, 22],
      ],
      colour: COLOURS.community,
      halo: 2.2,
      layout: {
        'text-font': BOLD,
        'text-letter-spacing': 0.18,
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'],
        'text-radial-offset': 3,
      },
    },
  ];
  return texts.map(text => label(scale, text));
}

/** Lanes are named only from near by. */
function roadLabels(): Label[] {
  const road = (id: string, from: number, filter: ExpressionSpecification): Label => ({
    id,
    source: 'roads',
    part: 'roads',
    field: name,
    size: [
      [0, 11],
      [3, 16],
    ],
    colour: COLOURS.roadText,
    halo: 2,
    layout: { 'symbol-placement': 'line', 'symbol-spacing': 380, 'text-letter-spacing': 0.12 },
    from,
    filter,
  });
  return [road('lanes-label', 1, isLane), road('roads-label', -0.2, ['!', isLane])];
}

/**
 * A grid's number above its label point, households and name below. The number always shows; the
 * name is the first to give way where there is no room.
 */
function gridLabels(scale: Scale, mayOverlap: boolean): LayerSpecification[] {
  const figure: ExpressionSpecification = [
    'format',
    ['get', 'figure'],
    {},
    ['get', 'sign'],
    { 'font-scale': 0.8, 'text-color': COLOURS.off },
  ];
  const common = { source: 'grids-points', part: 'grids', colour: COLOURS.ink };
  const below = { 'text-anchor': 'top', 'text-padding': 0, 'text-max-width': 20 } as const;
  return [
    label(scale, {
      id: 'grids-name',
      ...common,
      field: ['get', 'title'],
      size: GRID_NAME_SIZE,
      halo: 2,
      layout: { ...below, 'text-max-width': 10, 'text-offset': [0, 1.75] },
    }),
    label(scale, {
      id: 'grids-households',
      ...common,
      field: figure,
      size: GRID_NAME_SIZE.map(([zoom, size]) => [zoom, size * 1.2] as const),
      halo: 2,
      layout: { ...below, 'text-font': BOLD, 'text-offset': [0, 0.12] },
    }),
    label(scale, {
      id: 'grids-number',
      ...common,
      field: ['get', 'number'],
      size: [
        [-2, 14],
        [-1, 20],
        [0, 31],
        [1, 40],
        [3, 58],
      ],
      halo: 2.6,
      layout: {
        'text-font': BOLD,
        'text-anchor': 'bottom',
        'text-allow-overlap': mayOverlap,
        'text-padding': 0,
      },
    }),
  ];
}

const GRID_NAME_SIZE = [
  [-1, 10],
  [0, 13],
  [1, 16],
  [3, 23],
] as const;
