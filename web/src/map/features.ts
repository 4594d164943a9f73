/** Makes of the server's features what the map's sources hold. */
import type { Feature, FeatureCollection, Point } from 'geojson';
import type { Finding, LayerFeatures } from '../api/types';
import { count } from '../format';
import { boundsOf, centreOf } from '../geo/bounds';
import { colourFaces } from '../geo/colouring';
import { labelPoint } from '../geo/labelPoint';
import { neighbours } from '../geo/neighbours';
import { bandOf, gridFigures, shownFigures, showsProposal } from '../grids';
import type { App, State } from '../state/app';

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

/** Smaller than this share of the dataset's width, and a finding gets a ring around it. */
const SMALL_SHARE = 0.016;

const BAND_SIGN = { over: '▲', under: '▼', within: '' } as const;

const codeOf = (feature: Feature) => String(feature.properties?.code ?? feature.id ?? '');

/** Colours by grid code; kept, so that a proposal's grids wear those of the present where they can. */
const tintsOf = new WeakMap<LayerFeatures, Map<string, number>>();

function tints(grids: LayerFeatures, wished?: Map<string, number>): Map<string, number> {
  const known = tintsOf.get(grids);
  if (known) return known;
  const adjacency = neighbours(grids.features.map(feature => feature.geometry));
  const wishes = grids.features.map(feature => wished?.get(codeOf(feature)));
  const colours = colourFaces(adjacency, wishes);
  const made = new Map(grids.features.map((feature, i) => [codeOf(feature), colours[i] ?? 0]));
  tintsOf.set(grids, made);
  return made;
}

/** The grids that are to be drawn now, tinted. */
export function gridAreas(state: Readonly<State>): FeatureCollection {
  const present = state.collections.grids;
  if (!present) return EMPTY;
  const grids = showsProposal(state) && state.proposal ? state.proposal.grids : present;
  return tinted(grids, present);
}

/** Grids with their tints: those of the present ones where they can be kept. */
export function tinted(grids: LayerFeatures, present: LayerFeatures): FeatureCollection {
  const presentTints = tints(present);
  const colours = grids === present ? presentTints : tints(grids, presentTints);
  return {
    type: 'FeatureCollection',
    features: grids.features.map(feature => ({
      ...feature,
      properties: { code: codeOf(feature), tint: colours.get(codeOf(feature)) ?? 0 },
    })),
  };
}

/** Points that carry each grid's number, name and households. */
export function gridLabels(state: Readonly<State>, app: App): FeatureCollection {
  const { dataset, collections, proposal } = state;
  const grids = showsProposal(state) && proposal ? proposal.grids : collections.grids;
  if (!dataset || !grids) return EMPTY;
  const present = collections.grids ? gridFigures(collections.grids, dataset) : null;
  const figures = shownFigures(state);
  const features = grids.features.flatMap(feature => {
    const grid = figures.get(codeOf(feature));
    const at = feature.properties.label_point ?? labelPoint(feature.geometry);
    if (!grid || !at) return [];
    const households = app.t('grid.mapLabel', { n: count(grid.households, state.lang) });
    const label = grid.properties.label ?? present?.get(grid.code)?.properties.label;
    return point(at, {
      code: grid.code,
      number: grid.number,
      title: label && label !== grid.number ? label : grid.name,
      figure: households,
      sign: BAND_SIGN[bandOf(grid.deviation, dataset)],
    });
  });
  return { type: 'FeatureCollection', features };
}

/** One point a feature, so that a label is drawn once however many tiles the shape crosses. */
export function labelPoints(layer: LayerFeatures): FeatureCollection {
  const features = layer.features.flatMap(({ geometry, properties }) => {
    const at = properties.label_point ?? labelPoint(geometry);
    const { name = '', kind = '' } = properties;
    return at && name ? point(at, { name, kind }) : [];
  });
  return { type: 'FeatureCollection', features };
}

function point(
  at: readonly [number, number],
  properties: Record<string, unknown>,
): Feature<Point>[] {
  return [
    { type: 'Feature', geometry: { type: 'Point', coordinates: [at[0], at[1]] }, properties },
  ];
}

/** The shape of a finding: its own, or else those of the features that it names. */
export function findingShapes(finding: Finding, state: Readonly<State>): Feature[] {
  if (finding.geometry) {
    return [{ type: 'Feature', geometry: finding.geometry, properties: {} }];
  }
  const named = new Set(finding.features);
  const layer = state.collections[finding.layer]?.features ?? [];
  return layer
    .filter(({ id, properties }) =>
      [properties.code, properties.id, id].some(key => key !== undefined && named.has(String(key))),
    )
    .map(({ geometry }) => ({ type: 'Feature', geometry, properties: {} }));
}

/** What is drawn for a finding: its shape, and a ring where the shape is too small to be seen. */
export function findingMarks(finding: Finding, state: Readonly<State>): FeatureCollection {
  const shapes = findingShapes(finding, state);
  const bounds = boundsOf(shapes.map(shape => shape.geometry));
  const whole = state.dataset?.bbox;
  if (!bounds || !whole) return EMPTY;
  const share = Math.max(
    (bounds[2] - bounds[0]) / (whole[2] - whole[0]),
    (bounds[3] - bounds[1]) / (whole[3] - whole[1]),
  );
  const ring = share < SMALL_SHARE ? point(centreOf(bounds), { ring: true }) : [];
  return { type: 'FeatureCollection', features: [...shapes, ...ring] };
}

/** The units that change grid in the shown proposal. */
export function changedUnits(state: Readonly<State>): FeatureCollection {
  const units = state.collections.units;
  if (!state.proposal || !units) return EMPTY;
  const changed = new Set(state.proposal.diff.units.map(({ unit }) => unit));
  const features = units.features.filter(({ id, properties }) =>
    changed.has(String(properties.id ?? id)),
  );
  return { type: 'FeatureCollection', features };
}
