/** What the page says of a grid, present or proposed; shared by the map and the panels. */
import type { Dataset, FeatureProperties, LayerFeatures } from './api/types';
import { gridNumbers } from './geo/gridNumber';
import type { State } from './state/app';

export interface GridFigures {
  code: string;
  /** Short, to be read from far away. */
  number: string;
  name: string;
  households: number;
  /** Share off the mean, e.g. -0.12. */
  deviation: number;
  properties: FeatureProperties;
}

export type Band = 'over' | 'under' | 'within';

/** Where a deviation lies; the width of a rounding error over the band is still within it. */
export function bandOf(deviation: number, dataset: Dataset): Band {
  const limit = dataset.rules.max_deviation + 1e-9;
  return deviation > limit ? 'over' : deviation < -limit ? 'under' : 'within';
}

const figuresOf = new WeakMap<LayerFeatures, Map<string, GridFigures>>();

/** The figures of each grid by code, in the order of the codes. */
export function gridFigures(grids: LayerFeatures, dataset: Dataset): Map<string, GridFigures> {
  const known = figuresOf.get(grids);
  if (known) return known;
  const codes = grids.features.map(feature => String(feature.properties.code ?? feature.id ?? ''));
  const numbers = gridNumbers(codes);
  const list = grids.features.map(({ properties }, i): GridFigures => {
    const code = codes[i] ?? '';
    const households = properties.households ?? 0;
    const mean = dataset.mean_households;
    const deviation = properties.deviation ?? (mean > 0 ? households / mean - 1 : 0);
    const number = numbers.get(code) ?? code;
    return { code, number, name: properties.name ?? code, households, deviation, properties };
  });
  list.sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
  const figures = new Map(list.map(grid => [grid.code, grid]));
  figuresOf.set(grids, figures);
  return figures;
}

export function presentFigures(state: Readonly<State>): Map<string, GridFigures> {
  const grids = state.collections.grids;
  return grids && state.dataset ? gridFigures(grids, state.dataset) : new Map();
}

export function proposedFigures(state: Readonly<State>): Map<string, GridFigures> | null {
  return state.proposal && state.dataset ? gridFigures(state.proposal.grids, state.dataset) : null;
}

/** True while the map shows the proposal. */
export function showsProposal(state: Readonly<State>): boolean {
  return state.proposal !== null && state.side === 'proposed';
}

/** The figures of the grids that are on the map. */
export function shownFigures(state: Readonly<State>): Map<string, GridFigures> {
  return (showsProposal(state) && proposedFigures(state)) || presentFigures(state);
}

export function worstDeviation(figures: Iterable<GridFigures>): number {
  let worst = 0;
  for (const { deviation } of figures) {
    if (Math.abs(deviation) > Math.abs(worst)) worst = deviation;
  }
  return worst;
}

/** The name of a community by its code, where the dataset holds communities. */
export function communityName(state: Readonly<State>, code: string | null | undefined) {
  const feature = state.collections.communities?.features.find(
    ({ properties }) => properties.code === code,
  );
  return feature?.properties.name ?? null;
}
