/** Opens findings and steps through them. */
import type { Finding, Severity } from '../api/types';
import { atLeast, boundsOf } from '../geo/bounds';
import { findingShapes } from '../map/features';
import { type App, findingKeys, findingOf, type State } from '../state/app';
import { needLayer } from './load';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

export interface Listed {
  key: string;
  finding: Finding;
}

/** The findings that the filter lets through, the gravest first, else in the server's order. */
export function listedFindings(state: Readonly<State>): Listed[] {
  const { report, severities } = state;
  if (!report) return [];
  const keys = findingKeys(report);
  const all = report.findings.map((finding, i) => ({ key: keys[i] ?? '', finding }));
  return SEVERITIES.filter(severity => severities.has(severity)).flatMap(severity =>
    all.filter(({ finding }) => finding.severity === severity),
  );
}

/** Opens a finding (or closes with null) and flies to it. */
export async function openFinding(app: App, key: string | null): Promise<void> {
  app.store.set(
    key
      ? { finding: key, tab: 'check', grid: null, answer: null, at: null, query: null }
      : { finding: null },
  );
  const finding = findingOf(app.store.get());
  if (!finding) return;
  const held = app.store.get().dataset?.layers.some(layer => layer.id === finding.layer);
  if (!finding.geometry && held) await needLayer(app, finding.layer);
  if (app.store.get().finding === key) flyToFinding(app, finding);
}

/** No closer than this share of the dataset, so that one still knows where one is. */
const CLOSEST_SHARE = 0.24;

function flyToFinding(app: App, finding: Finding): void {
  const state = app.store.get();
  const bounds = boundsOf(findingShapes(finding, state).map(shape => shape.geometry));
  if (bounds && state.dataset) {
    app.store.set({ focus: { bounds: atLeast(bounds, state.dataset.bbox, CLOSEST_SHARE) } });
  }
}

/** Opens the next (1) or the previous (-1) one of the listed findings, round and round. */
export function stepFinding(app: App, step: 1 | -1): void {
  const state = app.store.get();
  const listed = listedFindings(state);
  if (listed.length === 0) return;
  const at = listed.findIndex(({ key }) => key === state.finding);
  const start = at < 0 && step < 0 ? 0 : at;
  const next = listed[(start + step + listed.length) % listed.length];
  if (next) void openFinding(app, next.key);
}
