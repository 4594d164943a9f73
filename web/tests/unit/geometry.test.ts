import type { Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { atLeast, boundsOf } from '../../src/geo/bounds';
import { labelPoint } from '../../src/geo/labelPoint';

const square = (x: number, y: number, side: number): Polygon['coordinates'] => [
  [
    [x, y],
    [x + side, y],
    [x + side, y + side],
    [x, y + side],
    [x, y],
  ],
];

describe('boundsOf', () => {
  it('spans geometries of all kinds', () => {
    const bounds = boundsOf([
      { type: 'Point', coordinates: [5, -1] },
      { type: 'MultiPolygon', coordinates: [square(0, 0, 2)] },
      {
        type: 'GeometryCollection',
        geometries: [
          {
            type: 'LineString',
            coordinates: [
              [-3, 1],
              [0, 9],
            ],
          },
        ],
      },
      null,
    ]);
    expect(bounds).toEqual([-3, -1, 5, 9]);
  });

  it('is null where there is nothing', () => {
    expect(boundsOf([])).toBeNull();
    expect(boundsOf([null, { type: 'MultiPoint', coordinates: [] }])).toBeNull();
  });
});

describe('atLeast', () => {
  it('widens a point around itself, and leaves what is large enough', () => {
    const [west, south, east, north] = atLeast([5, 5, 5, 5], [0, 0, 10, 20], 0.1);
    expect([west, east]).toEqual([4.5, 5.5]);
    expect([south, north]).toEqual([4, 6]);
    expect(atLeast([0, 0, 9, 9], [0, 0, 10, 10], 0.1)).toEqual([0, 0, 9, 9]);
  });
});

describe('labelPoint', () => {
  it('is the centroid of the largest part', () => {
    const at = labelPoint({
      type: 'MultiPolygon',
      coordinates: [square(9, 9, 1), square(0, 0, 4)],
    });
    expect(at).toEqual([2, 2]);
  });

  it('keeps its digits far from the origin', () => {
    const at = labelPoint({ type: 'Polygon', coordinates: square(120.3, 36.1, 1e-5) });
    expect(at?.[0]).toBeCloseTo(120.300005, 9);
    expect(at?.[1]).toBeCloseTo(36.100005, 9);
  });

  it('falls back to a vertex where an area has no extent', () => {
    expect(
      labelPoint({
        type: 'Polygon',
        coordinates: [
          [
            [1, 2],
            [1, 2],
            [1, 2],
          ],
        ],
      }),
    ).toEqual([1, 2]);
    expect(labelPoint({ type: 'Polygon', coordinates: [] })).toBeNull();
    expect(labelPoint(null)).toBeNull();
  });
});
