/**
 * Which polygons lie side by side, for colouring a map.
 *
 * Borders are walked in steps and dropped into a raster of small cells; polygons that meet in
 * several cells are neighbours. This also finds borders that are shared without sharing vertices
 * and such that are slightly displaced, which real files hold. It is meant for the eye only.
 */
import type { Geometry, Position } from 'geojson';
import { boundsOf } from './bounds';

/** Cells along the side of a typical polygon. */
const CELLS_PER_SIDE = 40;
/** Fewer common cells than this is a corner, not a border. */
const LEAST_COMMON_CELLS = 3;
const CELLS_PER_ROW = 0x2000000;

/** For each polygon the indices of its neighbours, in rising order. */
export function neighbours(polygons: readonly Geometry[]): number[][] {
  const cells = new Map<number, Set<number>>();
  const size = cellSize(polygons);
  polygons.forEach((polygon, index) => {
    for (const ring of ringsOf(polygon)) {
      walk(ring, size, cell => {
        const there = cells.get(cell);
        if (there) there.add(index);
        else cells.set(cell, new Set([index]));
      });
    }
  });
  return fromCommonCells(cells.values(), polygons.length);
}

function fromCommonCells(cells: Iterable<Set<number>>, polygons: number): number[][] {
  const common = Array.from({ length: polygons }, () => new Map<number, number>());
  for (const there of cells) {
    if (there.size < 2) continue;
    for (const a of there) {
      for (const b of there) {
        if (a !== b) common[a]?.set(b, (common[a].get(b) ?? 0) + 1);
      }
    }
  }
  return common.map(others =>
    [...others]
      .filter(([, shared]) => shared >= LEAST_COMMON_CELLS)
      .map(([other]) => other)
      .sort((a, b) => a - b),
  );
}

interface CellSize {
  lon: number;
  lat: number;
}

function cellSize(polygons: readonly Geometry[]): CellSize {
  const whole = boundsOf(polygons) ?? [0, 0, 1, 1];
  const squeeze = Math.max(0.1, Math.cos((((whole[1] + whole[3]) / 2) * Math.PI) / 180));
  let side = 0;
  for (const polygon of polygons) {
    const [west, south, east, north] = boundsOf([polygon]) ?? whole;
    side += Math.sqrt((east - west) * squeeze * (north - south)) / polygons.length;
  }
  const lat = Math.max(side / CELLS_PER_SIDE, 1e-9);
  return { lat, lon: lat / squeeze };
}

function* ringsOf(geometry: Geometry): Generator<Position[]> {
  if (geometry.type === 'Polygon') yield* geometry.coordinates;
  else if (geometry.type === 'MultiPolygon') yield* geometry.coordinates.flat();
}

function walk(ring: Position[], size: CellSize, visit: (cell: number) => void): void {
  for (let i = 1; i < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i - 1] ?? [];
    const [bx = 0, by = 0] = ring[i] ?? [];
    const steps = Math.ceil(
      Math.max(Math.abs(bx - ax) / size.lon, Math.abs(by - ay) / size.lat, 1),
    );
    for (let step = 0; step <= steps; step++) {
      const x = ax + ((bx - ax) * step) / steps;
      const y = ay + ((by - ay) * step) / steps;
      visit(Math.floor(y / size.lat) * CELLS_PER_ROW + Math.floor(x / size.lon));
    }
  }
}
