/** The window around shapes, in degrees. Pure. */
import type { Geometry, Position } from 'geojson';
import type { Bbox } from '../api/types';

type Nested = Position | Position[] | Position[][] | Position[][][];

/** Calls back for each position of a geometry. */
export function eachPosition(geometry: Geometry | null, visit: (at: Position) => void): void {
  if (!geometry) return;
  if (geometry.type === 'GeometryCollection') {
    for (const part of geometry.geometries) eachPosition(part, visit);
    return;
  }
  descend(geometry.coordinates, visit);
}

function descend(coordinates: Nested, visit: (at: Position) => void): void {
  if (typeof coordinates[0] === 'number') visit(coordinates as Position);
  else for (const part of coordinates as Nested[]) descend(part, visit);
}

/** Null when there is no position at all. */
export function boundsOf(geometries: Iterable<Geometry | null>): Bbox | null {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const geometry of geometries) {
    eachPosition(geometry, ([lon = 0, lat = 0]) => {
      west = Math.min(west, lon);
      south = Math.min(south, lat);
      east = Math.max(east, lon);
      north = Math.max(north, lat);
    });
  }
  return west > east ? null : [west, south, east, north];
}

export function centreOf([west, south, east, north]: Bbox): [number, number] {
  return [(west + east) / 2, (south + north) / 2];
}

/** The window, made at least as large as a share of another one (so that a point can be flown to). */
export function atLeast(bounds: Bbox, whole: Bbox, share: number): Bbox {
  const [lon, lat] = centreOf(bounds);
  const width = Math.max(bounds[2] - bounds[0], (whole[2] - whole[0]) * share);
  const height = Math.max(bounds[3] - bounds[1], (whole[3] - whole[1]) * share);
  return [lon - width / 2, lat - height / 2, lon + width / 2, lat + height / 2];
}
