/** Asks which grid owns a place or an address. */
import type { Located, LonLat } from '../api/types';
import { atLeast, boundsOf } from '../geo/bounds';
import { shownFigures } from '../grids';
import type { App } from '../state/app';
import { tell } from './notice';

let asking: AbortController | null = null;

/** A newer question makes an older one moot. */
function question(): AbortSignal {
  asking?.abort();
  asking = new AbortController();
  return asking.signal;
}

/** By a click on the map; the grid under the pointer is shown at once, the server's word follows. */
export async function locatePoint(app: App, at: LonLat, grid: string | null): Promise<void> {
  app.store.set({ at, query: null, grid, answer: null, finding: null });
  await ask(app, signal => app.client.locatePoint(at, signal));
}

export async function locateText(app: App, text: string): Promise<void> {
  const query = text.trim();
  if (!query) return;
  app.store.set({ query, at: null, finding: null });
  const answer = await ask(app, signal => app.client.locateText(query, signal));
  if (answer) flyTo(app, answer);
}

async function ask(
  app: App,
  request: (signal: AbortSignal) => Promise<Located>,
): Promise<Located | null> {
  const signal = question();
  try {
    const answer = await request(signal);
    if (signal.aborted) return null;
    app.store.set({ answer, grid: answer.grid_code });
    return answer;
  } catch (error) {
    if (!signal.aborted) tell(app, error);
    return null;
  }
}

/** Shows one of the other answers. */
export function takeCandidate(app: App, candidate: Located): void {
  const { answer } = app.store.get();
  const others = answer ? [answer, ...(answer.candidates ?? [])] : [];
  const rest = others
    .filter(other => other !== candidate)
    .map(other => ({ ...other, candidates: [] }));
  const taken = { ...candidate, candidates: rest };
  app.store.set({ answer: taken, grid: candidate.grid_code });
  flyTo(app, taken);
}

/** Chooses a grid from a list, without a place in it. */
export function selectGrid(app: App, code: string): void {
  question();
  app.store.set({ grid: code, answer: null, at: null, query: null, finding: null });
  focusGrid(app, code);
}

/** Closes the card. */
export function clearSelection(app: App): void {
  question();
  app.store.set({ grid: null, answer: null, at: null, query: null });
}

export function focusGrid(app: App, code: string): void {
  const { dataset, collections } = app.store.get();
  const feature = collections.grids?.features.find(({ properties }) => properties.code === code);
  const bounds = feature && boundsOf([feature.geometry]);
  if (bounds && dataset) app.store.set({ focus: { bounds: atLeast(bounds, dataset.bbox, 0.02) } });
}

/** A place is shown with enough around it to know where one is. */
const SHARE_AROUND_A_PLACE = 0.3;

function flyTo(app: App, { lon, lat, grid_code }: Located): void {
  const { dataset } = app.store.get();
  if (lon === null || lat === null) {
    if (grid_code) focusGrid(app, grid_code);
    return;
  }
  if (!dataset) return;
  const bounds = atLeast([lon, lat, lon, lat], dataset.bbox, SHARE_AROUND_A_PLACE);
  app.store.set({ focus: { bounds } });
}

/** What "copy text" copies: one line that can be pasted into a message. */
export function answerAsText(app: App): string {
  const state = app.store.get();
  const grid = state.grid ? shownFigures(state).get(state.grid) : undefined;
  const place = state.answer?.compound_name ?? state.query;
  const parts = [place, grid && `${grid.name} (${grid.code})`, grid?.properties.branch_name];
  return parts.filter(Boolean).join(state.lang === 'zh' ? '，' : ', ');
}
