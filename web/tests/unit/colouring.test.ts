import { describe, expect, it } from 'vitest';
import { colourFaces } from '../../src/geo/colouring';

/** The faces of a board of squares, side by side with their four neighbours. */
function board(width: number, height: number): number[][] {
  return Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const around = [
      [x - 1, y],
      [x + 1, y],
      [x, y - 1],
      [x, y + 1],
    ] as const;
    return around
      .filter(([a, b]) => a >= 0 && b >= 0 && a < width && b < height)
      .map(([a, b]) => b * width + a);
  });
}

/** A hub touching a ring of n faces: an odd ring needs four colours. */
function wheel(n: number): number[][] {
  const rim = Array.from({ length: n }, (_, i) => [((i + 1) % n) + 1, ((i + n - 1) % n) + 1, 0]);
  return [rim.map((_, i) => i + 1), ...rim];
}

/** A plane triangulation: each new face is put into a random triangle, which gives many degrees. */
function stacked(n: number, seed: number): number[][] {
  let state = seed;
  const random = (below: number) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
  const adjacency: Set<number>[] = [new Set([1, 2]), new Set([0, 2]), new Set([0, 1])];
  const triangles: [number, number, number][] = [[0, 1, 2]];
  for (let face = 3; face < n; face++) {
    const corners = triangles.splice(random(triangles.length), 1)[0] as [number, number, number];
    const [a, b, c] = corners;
    adjacency.push(new Set(corners));
    for (const corner of corners) adjacency[corner]?.add(face);
    triangles.push([a, b, face], [b, c, face], [a, c, face]);
  }
  return adjacency.map(others => [...others]);
}

function clashes(neighbours: number[][], colours: number[]): [number, number][] {
  return neighbours.flatMap((others, face) =>
    others
      .filter(other => colours[other] === colours[face])
      .map((other): [number, number] => [face, other]),
  );
}

describe('colourFaces', () => {
  const maps: [string, number[][]][] = [
    ['a board', board(8, 7)],
    ['an odd wheel', wheel(7)],
    ['an even wheel', wheel(8)],
    ...[1, 2, 3, 4, 5].map(
      seed => [`stacked triangles ${seed}`, stacked(60, seed)] as [string, number[][]],
    ),
    ['a thousand faces', stacked(1000, 7)],
  ];

  it.each(maps)('colours %s with at most four colours, neighbours different', (_, neighbours) => {
    const colours = colourFaces(neighbours);
    expect(clashes(neighbours, colours)).toEqual([]);
    expect(Math.max(...colours)).toBeLessThan(4);
  });

  it('takes more colours where four cannot do: five faces that all touch', () => {
    const five = [0, 1, 2, 3, 4].map(face => [0, 1, 2, 3, 4].filter(other => other !== face));
    const colours = colourFaces(five);
    expect(new Set(colours).size).toBe(5);
  });

  it('colours nothing and single faces', () => {
    expect(colourFaces([])).toEqual([]);
    expect(colourFaces([[]])).toEqual([0]);
  });

  it('keeps wished colours when they do not clash', () => {
    const row = [[1], [0, 2], [1]];
    expect(colourFaces(row, [3, 1, 2])).toEqual([3, 1, 2]);
  });

  it('changes as few wished colours as a clash asks for', () => {
    const board7 = board(7, 7);
    const before = colourFaces(board7);
    const merged = board7.map(others => [...others]);
    const far = before.findIndex((colour, face) => face > 10 && colour === before[0]);
    merged[0]?.push(far);
    merged[far]?.push(0);
    const after = colourFaces(merged, before);
    expect(clashes(merged, after)).toEqual([]);
    expect(after.filter((colour, face) => colour !== before[face])).toHaveLength(1);
  });

  it('drops the wishes where they leave no way', () => {
    const neighbours = wheel(5);
    const wished = [undefined, 0, 1, 2, 3, 1];
    const colours = colourFaces(neighbours, wished);
    expect(clashes(neighbours, colours)).toEqual([]);
    expect(Math.max(...colours)).toBeLessThan(4);
  });

  it('spreads the colours over faces that touch nothing', () => {
    const colours = colourFaces([[], [], [], []]);
    expect(new Set(colours).size).toBe(4);
  });
});
