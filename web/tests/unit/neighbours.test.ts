import type { MultiPolygon, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { neighbours } from '../../src/geo/neighbours';

const square = (x: number, y: number, width = 1, height = 1): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ],
  ],
});

describe('neighbours', () => {
  it('finds faces that share a whole edge', () => {
    expect(neighbours([square(0, 0), square(1, 0), square(2, 0)])).toEqual([[1], [0, 2], [1]]);
  });

  it('finds faces that share a border without sharing its vertices', () => {
    expect(neighbours([square(0, 0, 1, 3), square(1, 1), square(1, 2)])).toEqual([
      [1, 2],
      [0, 2],
      [0, 1],
    ]);
  });

  it('does not take a corner for a border', () => {
    expect(neighbours([square(0, 0), square(1, 1)])).toEqual([[], []]);
  });

  it('looks at every part of a face in several pieces', () => {
    const pieces: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [square(0, 0).coordinates, square(5, 0).coordinates],
    };
    expect(neighbours([pieces, square(6, 0)])).toEqual([[1], [0]]);
  });

  it('knows nothing of one or of none', () => {
    expect(neighbours([])).toEqual([]);
    expect(neighbours([square(0, 0)])).toEqual([[]]);
  });
});
