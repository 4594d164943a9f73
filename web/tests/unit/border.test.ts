import type { Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { Newest } from '../../src/border/newest';
import {
  chooseGrid,
  chooseVertex,
  handles,
  movedBy,
  moveVertex,
  NOTHING,
  resetBorder,
  stepVertex,
} from '../../src/border/session';
import { type Area, distance, offset, sharers, vertices } from '../../src/border/shapes';

const square = (west: number): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, 36],
      [west + 1, 36],
      [west + 1, 37],
      [west, 37],
      [west, 36],
    ],
  ],
});
const loaded = new Map<string, Area>([
  ['A', square(120)],
  ['B', square(121)],
]);
const shared = [121, 36] as const;

describe('a tried border', () => {
  const chosen = chooseVertex(chooseGrid(NOTHING, 'A'), shared);

  it('has each vertex once, the closing one not twice', () => {
    expect(vertices(square(120))).toHaveLength(4);
    expect(handles(chosen, loaded)).toHaveLength(4);
    expect(sharers(loaded, shared)).toEqual(['A', 'B']);
  });

  it('moves a vertex in all grids that share it', () => {
    const { moved, vertex } = moveVertex(chosen, loaded, [121.1, 36.1]);
    expect([...moved.keys()]).toEqual(['A', 'B']);
    expect(vertex).toEqual([121.1, 36.1]);
    for (const area of moved.values()) {
      expect(vertices(area)).toContainEqual([121.1, 36.1]);
      expect(vertices(area)).not.toContainEqual([121, 36]);
    }
    // The ring that begins there stays closed.
    const ring = (moved.get('B') as Polygon).coordinates[0];
    expect(ring?.[0]).toEqual(ring?.at(-1));
    expect(loaded.get('A')).toEqual(square(120));
  });

  it('or in the chosen grid only, and goes on from there', () => {
    const alone = moveVertex({ ...chosen, together: false }, loaded, [121.1, 36]);
    expect([...alone.moved.keys()]).toEqual(['A']);
    const further = moveVertex(alone, loaded, [121.2, 36]);
    expect(vertices(further.moved.get('A') as Area)).toContainEqual([121.2, 36]);
    expect(movedBy(further)).toBeGreaterThan(movedBy(alone));
  });

  it('steps round the vertices and back to where it was', () => {
    let border = chooseGrid(NOTHING, 'A');
    border = stepVertex(border, loaded, -1);
    expect(border.vertex).toEqual([120, 37]);
    border = stepVertex(border, loaded, 1);
    expect(border.vertex).toEqual([120, 36]);
    const moved = moveVertex(border, loaded, [120, 36.5]);
    expect(resetBorder(moved)).toMatchObject({ grid: 'A', vertex: null, together: true });
    expect(resetBorder(moved).moved.size).toBe(0);
  });

  it('measures steps in metres', () => {
    const east = offset([120.4, 36.1], 10, 0);
    expect(distance([120.4, 36.1], east)).toBeCloseTo(10, 3);
    expect(distance([120.4, 36.1], offset([120.4, 36.1], 0, -3))).toBeCloseTo(3, 3);
  });
});

describe('Newest', () => {
  it('runs one job at a time and drops all but the newest of those that wait', async () => {
    const ran: number[] = [];
    let running = 0;
    let go: (() => void)[] = [];
    const queue = new Newest<number>(async job => {
      running += 1;
      expect(running).toBe(1);
      ran.push(job);
      await new Promise<void>(resolve => go.push(resolve));
      running -= 1;
    });
    const turn = async () => {
      const waiting = go;
      go = [];
      for (const resolve of waiting) resolve();
      await new Promise(resolve => setTimeout(resolve));
    };
    for (const job of [1, 2, 3, 4]) queue.push(job);
    await turn();
    expect(ran).toEqual([1, 4]);
    await turn();
    queue.push(5);
    queue.push(6);
    queue.clear();
    await turn();
    await turn();
    expect(ran).toEqual([1, 4, 5]);
  });

  it('runs again after it was idle', async () => {
    const ran: number[] = [];
    const queue = new Newest<number>(async job => {
      ran.push(job);
    });
    queue.push(1);
    await Promise.resolve();
    queue.push(2);
    await new Promise(resolve => setTimeout(resolve));
    expect(ran).toEqual([1, 2]);
  });
});
