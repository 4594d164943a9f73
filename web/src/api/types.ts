/**
 * What the server says, by hand after its HTTP contract.
 * Lengths are metres, areas square metres, coordinates degrees (longitude, latitude).
 */
import type { Feature, FeatureCollection, Geometry } from 'geojson';

/** Longitude, latitude in degrees. */
export type LonLat = readonly [number, number];
/** West, south, east, north in degrees. */
export type Bbox = readonly [number, number, number, number];

/** RFC 9457 problem details, with where the fault lies when it lies in a file. */
export interface Problem {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  file?: string;
  feature?: string;
  field?: string;
}

export interface LayerInfo {
  id: string;
  title: string;
  title_zh: string;
  geometry: 'polygon' | 'line' | 'point';
  features: number;
  /** A polygon layer that must coincide with the governance grids. */
  net: boolean;
}

export interface Dataset {
  name: string;
  title: string;
  title_zh: string;
  synthetic: boolean;
  bbox: Bbox;
  layers: LayerInfo[];
  households: number;
  grids: number;
  mean_households: number;
  rules: { max_deviation: number; size_households: [number, number] | null; tolerance_m: number };
}

/** Properties of a feature of any layer; every field may be missing in somebody's file. */
export interface FeatureProperties {
  code?: string;
  id?: string;
  name?: string;
  label?: string | null;
  label_point?: [number, number] | null;
  community_code?: string | null;
  households?: number | null;
  /** Share off the mean, e.g. -0.12. */
  deviation?: number | null;
  branch_id?: string | null;
  branch_name?: string | null;
  compounds?: number | null;
  party_members?: number | null;
  residents?: number | null;
  kind?: string | null;
}

export type LayerFeature = Feature<Geometry, FeatureProperties>;
export interface LayerFeatures extends FeatureCollection<Geometry, FeatureProperties> {
  numberMatched?: number;
  numberReturned?: number;
  links?: { rel: string; href: string }[];
}

export type Severity = 'error' | 'warning' | 'info';

export interface Finding {
  rule: string;
  severity: Severity;
  layer: string;
  file: string | null;
  field: string | null;
  features: string[];
  measure: {
    area_m2?: number | null;
    length_m?: number | null;
    width_m?: number | null;
    distance_m?: number | null;
    households?: number | null;
    value?: number | null;
  } | null;
  message: string;
  message_zh: string;
  mend: string | null;
  mend_zh?: string | null;
  geometry: Geometry | null;
}

export interface NetMatch {
  grid: string | null;
  features: string[];
  class: string;
  households_affected?: number | null;
}

export interface NetReport {
  net: string;
  coincides: boolean;
  offset: { east_m: number; north_m: number; suspected_crs: string | null } | null;
  matches: NetMatch[];
}

/** What an edit of a layer would do to the findings. */
export interface Preview {
  resolved: Finding[];
  /** New ones. */
  findings: Finding[];
  /** Those of the same place that stay. */
  unchanged: Finding[];
  elapsed_ms: number;
}

export interface CheckReport {
  dataset: string;
  tolerance_m: number;
  clean: boolean;
  findings: Finding[];
  nets: NetReport[];
  grids: { code: string; households: number; deviation: number; area_m2: number }[];
}

export type MatchKind = 'inside' | 'border' | 'exact' | 'alias' | 'fuzzy' | 'nearest' | 'none';

export interface Located {
  query: unknown;
  match: MatchKind;
  score: number | null;
  lon: number | null;
  lat: number | null;
  grid_code: string | null;
  grid_name: string | null;
  branch_id: string | null;
  community_code: string | null;
  compound_id: string | null;
  compound_name: string | null;
  on?: string | null;
  candidates?: Located[];
}

export interface Suggestion {
  name: string;
  kind: string;
  /** What names it among its kind. */
  key: string;
  match: string;
  compound_id: string | null;
  grid_code: string | null;
  lon: number | null;
  lat: number | null;
  detail: string | null;
}

export interface ScoredGrid {
  code: string;
  name: string | null;
  households: number;
  deviation: number;
  present_households: number | null;
  units: number;
  contiguous: boolean;
}

export interface Score {
  max_deviation: number;
  cut_edges: number;
  border_length_m: number;
  mean_polsby_popper: number;
  households_moved: number;
  communities_split: number;
  contiguous: boolean;
  grids: ScoredGrid[];
}

export interface PlanSummary {
  id: string;
  name: string;
  created: string | null;
  version: number;
  score: Score;
  origin: 'manual' | 'balance' | string;
}

export interface Plan extends PlanSummary {
  assignment: Record<string, string>;
}

export interface PlanDiff {
  units: { unit: string; from: string | null; to: string | null; households: number }[];
  households_moved: number;
  compounds: string[];
}

export interface BalanceRequest {
  max_deviation: number;
  objective: 'cut-edges' | 'border-length' | 'inertia';
  seed: number;
  keep: number;
}

export interface Job {
  id: string;
  status: 'running' | 'done' | 'failed' | 'cancelled';
  /** From 0 to 1. */
  progress: number;
  best: { max_deviation: number; cut_edges: number } | null;
  report: { status: string; message?: string; message_zh?: string } | null;
  /** Ids of the plans that were stored from the report, best first. */
  plans: string[] | null;
  error: Problem | null;
}

/** What a repair may do; what is left out is the server's usual. */
export interface RepairRequest {
  layers?: string[];
  lock: string[];
  max_share?: number;
  max_households?: number;
  force: boolean;
}

/** What mends and refusals have in common. */
interface RepairItem {
  /** The rule of the check that it is about. */
  rule: string;
  layer: string;
  features: string[];
  area_m2: number | null;
  households: number;
  compounds: string[];
  message: string;
  message_zh: string;
  why: string;
  why_zh: string;
  geometry: Geometry | null;
}

export interface Mend extends RepairItem {
  kind: string;
  /** Whether a person should confirm it: ids come or go. */
  confirm: boolean;
}

export interface Refusal extends RepairItem {
  reason: string;
  advice: string;
  advice_zh: string;
  suggestion?: Record<string, string[]>;
}

export interface GridChange {
  code: string;
  name: string;
  locked: boolean;
  changed: boolean;
  area_before_m2: number;
  area_after_m2: number;
  households_before: number;
  households_after: number;
  vertices_moved: number;
  greatest_movement_m: number;
  compounds_gained: string[];
  compounds_lost: string[];
  findings_before: number | null;
  findings_after: number | null;
}

export interface LayerChange {
  layer: string;
  changed: string[];
  added: string[];
  removed: string[];
  corners_inserted: number;
}

export interface RepairPlan {
  dataset: string;
  tolerance_m: number;
  /** Null when the limits are set aside. */
  max_share: number | null;
  max_households: number | null;
  actions: Mend[];
  refusals: Refusal[];
  grids: GridChange[];
  layers: LayerChange[];
  findings: { rule: string; before: number; after: number }[];
}

export interface RepairAnswer {
  plan: RepairPlan;
  /** The layers that change, as they would be. */
  layers: Record<string, LayerFeatures>;
}

export type ProposalStatus = 'open' | 'accepted' | 'refused';

/** Another name for a place, or the right one. */
export interface NewNameProposal {
  kind: 'compound' | 'landmark';
  key: string;
  change: 'alias' | 'correction';
  name: string;
}

/** A name that somebody proposed, for a planner to accept or refuse. */
export interface NameProposal extends NewNameProposal {
  id: string;
  /** The place's name in the dataset. */
  place: string;
  /** Other places with this name. */
  others: string[];
  status: ProposalStatus;
  created: string;
  version: number;
}
