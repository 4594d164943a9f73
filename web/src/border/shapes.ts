/** Vertices of polygons, and what becomes of polygons when one moves. Pure. */
import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LonLat } from '../api/types';

export type Area = Polygon | MultiPolygon;

/** Grids by code. */
export type Areas = ReadonlyMap<string, Area>;

/** All rings of an area. */
function rings(area: Area): Position[][] {
  return area.type === 'Polygon' ? area.coordinates : area.coordinates.flat();
}

const isAt = (position: Position, [lon, lat]: LonLat) => position[0] === lon && position[1] === lat;

/** The different vertices of an area in the order of its rings. */
export function vertices(area: Area): LonLat[] {
  const seen = new Map<string, LonLat>();
  for (const [lon = 0, lat = 0] of rings(area).flat()) seen.set(`${lon} ${lat}`, [lon, lat]);
  return [...seen.values()];
}

/** The area with the vertex `from` at `to`. */
export function movedVertex(area: Area, from: LonLat, to: LonLat): Area {
  const ring = (positions: Position[]) =>
    positions.map(position => (isAt(position, from) ? [...to] : position));
  return area.type === 'Polygon'
    ? { type: 'Polygon', coordinates: area.coordinates.map(ring) }
    : { type: 'MultiPolygon', coordinates: area.coordinates.map(part => part.map(ring)) };
}

/** The codes of the areas that have a vertex at this very place. */
export function sharers(areas: Areas, vertex: LonLat): string[] {
  return [...areas]
    .filter(([, area]) => rings(area).some(ring => ring.some(position => isAt(position, vertex))))
    .map(([code]) => code);
}

/** Metres on a sphere, as much as a planner reads off a map. */
const METRES_PER_DEGREE = 111_320;

/** A place some metres east and north of another. */
export function offset([lon, lat]: LonLat, east: number, north: number): LonLat {
  const shrink = Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return [lon + east / (METRES_PER_DEGREE * shrink), lat + north / METRES_PER_DEGREE];
}

/** Metres between two places that are near each other. */
export function distance(a: LonLat, b: LonLat): number {
  const shrink = Math.cos((((a[1] + b[1]) / 2) * Math.PI) / 180);
  return METRES_PER_DEGREE * Math.hypot((a[0] - b[0]) * shrink, a[1] - b[1]);
}
