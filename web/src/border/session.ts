/**
 * A border that is tried out: which grid, which vertex, what was moved. Pure; nothing here is
 * stored anywhere, and leaving forgets it.
 */
import type { LonLat, Preview } from '../api/types';
import { type Area, type Areas, distance, movedVertex, sharers, vertices } from './shapes';

export interface Border {
  /** Code of the chosen grid. */
  grid: string | null;
  /** The chosen vertex: where it is now. */
  vertex: LonLat | null;
  /** Where the chosen vertex was when it was taken up. */
  from: LonLat | null;
  /** Whether a vertex moves in all grids that share it, or in the chosen grid only. */
  together: boolean;
  /** The grids that are drawn otherwise than they were loaded. */
  moved: Areas;
  /** What the server says of that; null until it has said something. */
  preview: Preview | null;
  /** What it could not do, in words. */
  fault: string | null;
}

export const NOTHING: Border = {
  grid: null,
  vertex: null,
  from: null,
  together: true,
  moved: new Map(),
  preview: null,
  fault: null,
};

/** A grid as it is drawn now. */
export function areaOf(border: Border, loaded: Areas, code: string): Area | null {
  return border.moved.get(code) ?? loaded.get(code) ?? null;
}

/** The grids as they are drawn now. */
function drawn(border: Border, loaded: Areas): Areas {
  return new Map([...loaded, ...border.moved]);
}

/** The vertices of the chosen grid. */
export function handles(border: Border, loaded: Areas): LonLat[] {
  const area = border.grid === null ? null : areaOf(border, loaded, border.grid);
  return area ? vertices(area) : [];
}

export function chooseGrid(border: Border, grid: string | null): Border {
  return { ...border, grid, vertex: null, from: null };
}

export function chooseVertex(border: Border, vertex: LonLat | null): Border {
  return { ...border, vertex, from: vertex };
}

/** The next (1) or the previous (-1) vertex along the grid's border. */
export function stepVertex(border: Border, loaded: Areas, step: 1 | -1): Border {
  const all = handles(border, loaded);
  if (all.length === 0) return border;
  const at = all.findIndex(([lon, lat]) => lon === border.vertex?.[0] && lat === border.vertex[1]);
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length;
  return chooseVertex(border, all[next] ?? null);
}

/** The chosen vertex at another place, in all grids that share it or in the chosen one. */
export function moveVertex(border: Border, loaded: Areas, to: LonLat): Border {
  const { grid, vertex, together } = border;
  if (grid === null || !vertex) return border;
  const now = drawn(border, loaded);
  const codes = together ? sharers(now, vertex) : [grid];
  const moved = new Map(border.moved);
  for (const code of codes) {
    const area = now.get(code);
    if (area) moved.set(code, movedVertex(area, vertex, to));
  }
  return { ...border, vertex: to, moved };
}

/** Metres from where the chosen vertex was taken up. */
export function movedBy({ vertex, from }: Border): number {
  return vertex && from ? distance(vertex, from) : 0;
}

/** Everything as it was loaded; the grid stays chosen. */
export function resetBorder(border: Border): Border {
  return { ...NOTHING, grid: border.grid, together: border.together };
}
