/** What the page knows, and what it hands to its parts. */
import type { Client } from '../api/client';
import type { ConnectionState } from '../api/connection';
import type {
  Bbox,
  CheckReport,
  Dataset,
  Job,
  LayerFeatures,
  Located,
  LonLat,
  NameProposal,
  Plan,
  PlanDiff,
  PlanSummary,
  RepairAnswer,
  Severity,
} from '../api/types';
import type { Border } from '../border/session';
import type { Lang, Translate } from '../i18n';
import type { Choices } from '../repair/choices';
import type { Store } from './store';

export type Tab = 'balance' | 'check';
export type Side = 'present' | 'proposed';

export interface Camera {
  lon: number;
  lat: number;
  zoom: number;
}

/** What a link opens again. */
export interface Link {
  lang: Lang;
  tab: Tab;
  /** Layers that are shown; null: those that are shown at first. */
  layers: ReadonlySet<string> | null;
  grid: string | null;
  finding: string | null;
  plan: string | null;
  side: Side;
  camera: Camera | null;
  query: string | null;
  at: LonLat | null;
  /** What is chosen on the page of repairing; null when it is not open. */
  repair: Choices | null;
}

/** A proposed plan with what is needed to draw it. */
export interface Proposal {
  plan: Plan;
  diff: PlanDiff;
  grids: LayerFeatures;
}

export interface BalanceSettings {
  /** Share, e.g. 0.1. */
  maxDeviation: number;
  seed: number | null;
  /** From 0 (free) to 1 (move as few households as can be). */
  keep: number;
}

/** The page of repairing, besides what is chosen on it. */
export interface Repairing {
  answer: RepairAnswer | null;
  /** Whether an answer is awaited. */
  busy: boolean;
  /** Why there is none, in words. */
  fault: string | null;
  /** The item that is open in the list and on both maps. */
  item: string | null;
  /** The net that lies over the grids. */
  overlay: string | null;
}

export const NOT_REPAIRING: Repairing = {
  answer: null,
  busy: false,
  fault: null,
  item: null,
  overlay: null,
};

export interface Notice {
  tone: 'error' | 'info';
  text: string;
}

/** An order to the map, obeyed once. */
export interface Focus {
  bounds: Bbox;
}

export interface State extends Link {
  dataset: Dataset | null;
  collections: Readonly<Record<string, LayerFeatures>>;
  failedLayers: ReadonlySet<string>;
  report: CheckReport | null;
  present: Plan | null;
  plans: readonly PlanSummary[];
  proposal: Proposal | null;
  job: Job | null;
  /** How the last search ended when it gave no plan. */
  jobMessage: string | null;
  settings: BalanceSettings;
  answer: Located | null;
  /** Names that were proposed for places. */
  names: readonly NameProposal[];
  /** A border that is tried out; null when the tool is not open. */
  border: Border | null;
  repairing: Repairing;
  hover: string | null;
  focus: Focus | null;
  severities: ReadonlySet<Severity>;
  sortBySize: boolean;
  layersOpen: boolean;
  connection: ConnectionState;
  notice: Notice | null;
  mapError: string | null;
}

export interface App {
  store: Store<State>;
  client: Client;
  /** In the language of the moment. */
  t: Translate;
}

/** Layers that are off at first: nets lie on the grids' borders, units and buildings are many. */
const OFF_AT_FIRST = new Set(['units', 'buildings', 'doors']);

export function layersAtFirst(dataset: Dataset): Set<string> {
  const shown = dataset.layers.filter(layer => !layer.net && !OFF_AT_FIRST.has(layer.id));
  return new Set(shown.map(layer => layer.id));
}

/** The user's layers, and the one that the opened finding speaks of. */
export function visibleLayers(state: Readonly<State>): Set<string> {
  const { dataset } = state;
  if (!dataset) return new Set();
  const shown = new Set(state.layers ?? layersAtFirst(dataset));
  const spoken = state.report && findingOf(state)?.layer;
  if (spoken) shown.add(spoken);
  return shown;
}

export function findingOf(state: Readonly<State>) {
  if (!state.report || !state.finding) return null;
  const keys = findingKeys(state.report);
  const index = keys.indexOf(state.finding);
  return state.report.findings[index] ?? null;
}

const keysOfReport = new WeakMap<CheckReport, string[]>();

/** A name for each finding that a link can hold: its rule and features, counted where they repeat. */
export function findingKeys(report: CheckReport): string[] {
  const known = keysOfReport.get(report);
  if (known) return known;
  const seen = new Map<string, number>();
  const keys = report.findings.map(finding => {
    const base = [finding.rule, finding.layer, ...finding.features].join('~');
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    return times === 1 ? base : `${base}~~${times}`;
  });
  keysOfReport.set(report, keys);
  return keys;
}

export function initialState(link: Link): State {
  return {
    ...link,
    dataset: null,
    collections: {},
    failedLayers: new Set(),
    report: null,
    present: null,
    plans: [],
    proposal: null,
    job: null,
    jobMessage: null,
    settings: { maxDeviation: 0.1, seed: null, keep: 0 },
    answer: null,
    names: [],
    border: null,
    repairing: NOT_REPAIRING,
    hover: null,
    focus: null,
    severities: new Set(['error', 'warning', 'info']),
    sortBySize: false,
    layersOpen: window.innerWidth >= 1600,
    connection: 'ok',
    notice: null,
    mapError: null,
  };
}
