/** What is pointed at: hovered and chosen grids, changed units, findings, the place looked up. */
import type { LayerSpecification } from 'maplibre-gl';
import { COLOURS } from './palette';
import { growing, type Scale } from './scale';

const NOTHING = '';
const round = { 'line-join': 'round', 'line-cap': 'round' } as const;

/** Under the labels. */
export function markLayers(scale: Scale): LayerSpecification[] {
  return [
    {
      id: 'changed-line',
      type: 'line',
      source: 'changed',
      paint: { 'line-color': COLOURS.changed, 'line-width': 1.2 * scale.size },
    },
    {
      id: 'hover-line',
      type: 'line',
      source: 'grids',
      filter: ['==', ['get', 'code'], NOTHING],
      layout: round,
      paint: { 'line-color': COLOURS.selected, 'line-width': 3.5 * scale.size },
    },
    {
      id: 'selected-casing',
      type: 'line',
      source: 'grids',
      filter: ['==', ['get', 'code'], NOTHING],
      layout: round,
      paint: { 'line-color': COLOURS.halo, 'line-width': 10 * scale.size },
    },
    {
      id: 'selected-line',
      type: 'line',
      source: 'grids',
      filter: ['==', ['get', 'code'], NOTHING],
      layout: round,
      paint: { 'line-color': COLOURS.selected, 'line-width': 5 * scale.size },
    },
    ...findingLayers(scale),
  ];
}

function findingLayers(scale: Scale): LayerSpecification[] {
  const source = 'finding';
  return [
    {
      id: 'finding-fill',
      type: 'fill',
      source,
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': COLOURS.finding, 'fill-opacity': 0.16 },
    },
    {
      id: 'finding-halo',
      type: 'line',
      source,
      filter: ['!=', ['geometry-type'], 'Point'],
      layout: round,
      paint: { 'line-color': COLOURS.halo, 'line-width': 11 * scale.size, 'line-opacity': 0.95 },
    },
    {
      id: 'finding-line',
      type: 'line',
      source,
      filter: ['!=', ['geometry-type'], 'Point'],
      layout: round,
      paint: { 'line-color': COLOURS.finding, 'line-width': 5 * scale.size },
    },
    {
      id: 'finding-point',
      type: 'circle',
      source,
      filter: ['all', ['==', ['geometry-type'], 'Point'], ['!', ['has', 'ring']]],
      paint: {
        'circle-color': COLOURS.finding,
        'circle-radius': 8 * scale.size,
        'circle-stroke-color': COLOURS.halo,
        'circle-stroke-width': 3,
      },
    },
    // A fault of a few decimetres would be lost on the map: a ring says where to look.
    ...(['halo', 'line'] as const).map(
      (kind): LayerSpecification => ({
        id: `finding-ring-${kind}`,
        type: 'circle',
        source,
        filter: ['has', 'ring'],
        paint: {
          'circle-opacity': 0,
          'circle-radius': growing(scale, [
            [0, 30],
            [4, 60],
          ]),
          'circle-stroke-color': kind === 'halo' ? COLOURS.halo : COLOURS.finding,
          'circle-stroke-width': (kind === 'halo' ? 7 : 3.5) * scale.size,
        },
      }),
    ),
  ];
}

/** Over the labels. */
export function pinLayers(scale: Scale): LayerSpecification[] {
  return [
    {
      id: 'pin',
      type: 'circle',
      source: 'pin',
      paint: {
        'circle-color': COLOURS.pin,
        'circle-radius': 8 * scale.size,
        'circle-stroke-color': COLOURS.halo,
        'circle-stroke-width': 3.5 * scale.size,
      },
    },
    {
      id: 'pin-heart',
      type: 'circle',
      source: 'pin',
      paint: { 'circle-color': COLOURS.halo, 'circle-radius': 2.5 * scale.size },
    },
  ];
}
