/** How a tried border is drawn: the moved grids, the vertices, what would break and be mended. */
import type { Feature, FeatureCollection } from 'geojson';
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import type { Finding } from '../api/types';
import { COLOURS } from '../map/palette';
import type { App } from '../state/app';
import { loadedAreas } from './actions';
import { areaOf, type Border, handles } from './session';

export const SOURCE = 'border';
export const VERTICES = 'border-vertices';

const kind = (...kinds: string[]): unknown[] => ['in', ['get', 'kind'], ['literal', kinds]];

/** Filled parts carry a line style of their own, so that colour is not the only sign. */
const LAYERS = [
  {
    id: 'border-found-fill',
    type: 'fill',
    filter: ['all', kind('found'), ['==', ['geometry-type'], 'Polygon']],
    paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.9 },
  },
  {
    id: 'border-other',
    type: 'line',
    filter: kind('other'),
    paint: { 'line-color': COLOURS.selected, 'line-width': 2.5, 'line-dasharray': [2, 1.5] },
  },
  {
    id: 'border-grid',
    type: 'line',
    filter: kind('grid'),
    layout: { 'line-join': 'round' },
    paint: { 'line-color': COLOURS.selected, 'line-width': 4 },
  },
  {
    id: 'border-resolved-line',
    type: 'line',
    filter: ['all', kind('resolved'), ['!=', ['geometry-type'], 'Point']],
    paint: { 'line-color': COLOURS.changed, 'line-width': 3, 'line-dasharray': [1, 1] },
  },
  {
    id: 'border-found-line',
    type: 'line',
    filter: ['all', kind('found'), ['!=', ['geometry-type'], 'Point']],
    layout: { 'line-join': 'round' },
    paint: { 'line-color': COLOURS.finding, 'line-width': 3 },
  },
  {
    id: 'border-found-point',
    type: 'circle',
    filter: ['all', kind('found'), ['==', ['geometry-type'], 'Point']],
    paint: {
      'circle-opacity': 0,
      'circle-radius': 13,
      'circle-stroke-color': COLOURS.finding,
      'circle-stroke-width': 3,
    },
  },
  {
    id: VERTICES,
    type: 'circle',
    filter: kind('vertex', 'chosen'),
    paint: {
      'circle-color': ['case', ['==', ['get', 'kind'], 'chosen'], COLOURS.selected, COLOURS.halo],
      'circle-radius': ['case', ['==', ['get', 'kind'], 'chosen'], 9, 6],
      'circle-stroke-color': ['case', ['==', ['get', 'kind'], 'chosen'], COLOURS.halo, COLOURS.ink],
      'circle-stroke-width': 2.5,
    },
  },
] as const;

/** Adds the layers; they are empty until the tool is opened. */
export function addLayers(map: MapLibre): void {
  map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  for (const layer of LAYERS) {
    map.addLayer({ source: SOURCE, ...layer } as unknown as LayerSpecification);
  }
}

/** Draws the state of the tool. */
export function drawBorder(app: App, map: MapLibre, border: Border | null): void {
  const data: FeatureCollection = {
    type: 'FeatureCollection',
    features: border ? parts(app, border) : [],
  };
  map.getSource<GeoJSONSource>(SOURCE)?.setData(data);
}

function parts(app: App, border: Border): Feature[] {
  const loaded = loadedAreas(app);
  const features: Feature[] = [];
  const add = (kind: string, geometry: Feature['geometry'] | null, at?: number) => {
    if (geometry) features.push({ type: 'Feature', properties: { kind, at }, geometry });
  };
  for (const [code, area] of border.moved) if (code !== border.grid) add('other', area);
  if (border.grid !== null) add('grid', areaOf(border, loaded, border.grid));
  for (const finding of border.preview?.resolved ?? []) add('resolved', placed(finding));
  for (const finding of border.preview?.findings ?? []) add('found', placed(finding));
  for (const [at, vertex] of handles(border, loaded).entries()) {
    const chosen = vertex[0] === border.vertex?.[0] && vertex[1] === border.vertex[1];
    add(chosen ? 'chosen' : 'vertex', { type: 'Point', coordinates: [...vertex] }, at);
  }
  return features;
}

/** The place of a finding; a compound's own outline is on the map already. */
function placed(finding: Finding): Feature['geometry'] | null {
  return finding.geometry;
}
