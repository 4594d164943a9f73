/** Where the label of a shape goes when the file does not say. Pure. */
import type { Geometry, Position } from 'geojson';
import type { LonLat } from '../api/types';

/** The centroid of the largest part of an area, the middle vertex of a line, a point itself. */
export function labelPoint(geometry: Geometry | null): LonLat | null {
  switch (geometry?.type) {
    case 'Point':
      return at(geometry.coordinates);
    case 'MultiPoint':
      return at(geometry.coordinates[0]);
    case 'LineString':
      return at(geometry.coordinates[geometry.coordinates.length >> 1]);
    case 'MultiLineString':
      return labelPoint({ type: 'LineString', coordinates: geometry.coordinates[0] ?? [] });
    case 'Polygon':
      return centroid(geometry.coordinates[0] ?? []).at;
    case 'MultiPolygon': {
      const parts = geometry.coordinates.map(rings => centroid(rings[0] ?? []));
      return parts.reduce((a, b) => (b.area > a.area ? b : a), { area: -1, at: null } as Part).at;
    }
    default:
      return null;
  }
}

interface Part {
  area: number;
  at: LonLat | null;
}

function at(position: Position | undefined): LonLat | null {
  const [lon, lat] = position ?? [];
  return lon === undefined || lat === undefined ? null : [lon, lat];
}

/** Area centroid of a ring by the shoelace formula, from its first vertex to keep digits. */
function centroid(ring: Position[]): Part {
  const [x0 = 0, y0 = 0] = ring[0] ?? [];
  let [twice, x, y] = [0, 0, 0];
  for (let i = 1; i < ring.length; i++) {
    const [ax, ay] = [(ring[i - 1]?.[0] ?? x0) - x0, (ring[i - 1]?.[1] ?? y0) - y0];
    const [bx, by] = [(ring[i]?.[0] ?? x0) - x0, (ring[i]?.[1] ?? y0) - y0];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  if (twice === 0) return { area: 0, at: at(ring[0]) };
  return { area: Math.abs(twice), at: [x0 + x / (3 * twice), y0 + y / (3 * twice)] };
}
