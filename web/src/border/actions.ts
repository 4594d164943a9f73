/** Tries a border: opens and leaves the tool, moves vertices, asks what that would do. */
import { clearSelection, focusGrid } from '../actions/locate';
import { inWords } from '../actions/notice';
import type { LayerFeatures, LonLat } from '../api/types';
import type { App } from '../state/app';
import { Newest } from './newest';
import {
  type Border,
  chooseGrid,
  chooseVertex,
  moveVertex,
  NOTHING,
  resetBorder,
  stepVertex,
} from './session';
import type { Area, Areas } from './shapes';

const areasOf = new WeakMap<LayerFeatures, Areas>();

/** The grids as they were loaded. */
export function loadedAreas(app: App): Areas {
  const { grids } = app.store.get().collections;
  if (!grids) return new Map();
  const known = areasOf.get(grids);
  if (known) return known;
  const areas = new Map<string, Area>();
  for (const { geometry, properties, id } of grids.features) {
    if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') continue;
    areas.set(String(properties.code ?? id ?? ''), geometry);
  }
  areasOf.set(grids, areas);
  return areas;
}

/** Opens the tool: on the present grids, with nothing else in the way. */
export function openBorder(app: App): void {
  const { grid } = app.store.get();
  clearSelection(app);
  app.store.set({ border: NOTHING, finding: null, side: 'present' });
  // The server makes itself ready while the planner looks for a vertex.
  ask(app);
  if (grid) pickGrid(app, grid);
}

export function leaveBorder(app: App): void {
  asking.get(app)?.clear();
  app.store.set({ border: null });
}

/** Takes back what was moved; leaves the tool when nothing was. */
export function resetOrLeave(app: App): void {
  const { border } = app.store.get();
  if (!border) return;
  asking.get(app)?.clear();
  app.store.set({ border: border.moved.size === 0 ? null : resetBorder(border) });
}

export function pickGrid(app: App, code: string | null): void {
  change(app, border => chooseGrid(border, code));
}

/** From the list: the map goes there. */
export function pickGridByName(app: App, code: string | null): void {
  pickGrid(app, code);
  if (code) focusGrid(app, code);
}

export function pickVertex(app: App, vertex: LonLat | null): void {
  change(app, border => chooseVertex(border, vertex));
}

export function nextVertex(app: App, step: 1 | -1): void {
  change(app, border => stepVertex(border, loadedAreas(app), step));
}

export function setTogether(app: App, together: boolean): void {
  change(app, border => ({ ...border, together }));
}

/** Moves the chosen vertex, and asks what that does. */
export function dragTo(app: App, to: LonLat): void {
  change(app, border => moveVertex(border, loadedAreas(app), to));
  ask(app);
}

function change(app: App, by: (border: Border) => Border): void {
  const { border } = app.store.get();
  if (border) app.store.set({ border: by(border) });
}

/** One request at a time for each page; the newest wins. */
const asking = new WeakMap<App, Newest<Areas>>();

function ask(app: App): void {
  let queue = asking.get(app);
  if (!queue) {
    queue = new Newest(moved => answer(app, moved));
    asking.set(app, queue);
  }
  queue.push(app.store.get().border?.moved ?? new Map());
}

async function answer(app: App, moved: Areas): Promise<void> {
  const features = [...moved].map(([code, geometry]) => ({ code, geometry }));
  try {
    const preview = await app.client.previewEdit('grids', features);
    tell(app, moved, { preview, fault: null });
  } catch (error) {
    tell(app, moved, { preview: null, fault: inWords(app, error) });
  }
}

/** An answer counts while something is moved; what was taken back meanwhile needs none. */
function tell(app: App, moved: Areas, said: Pick<Border, 'preview' | 'fault'>): void {
  const { border } = app.store.get();
  if (!border || (moved.size === 0) !== (border.moved.size === 0)) return;
  app.store.set({ border: { ...border, ...said } });
}
