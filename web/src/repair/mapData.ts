/** What the two maps of the page of repairing hold. Pure. */
import type { Feature, FeatureCollection } from 'geojson';
import type { LayerFeatures } from '../api/types';
import { boundsOf, centreOf } from '../geo/bounds';
import { labelPoint } from '../geo/labelPoint';
import { gridFigures } from '../grids';
import { EMPTY, tinted } from '../map/features';
import type { State } from '../state/app';
import { GROUP_SIGNS, GROUPS, type Group, type Item, itemsOf } from './items';

export type When = 'before' | 'after';
export const WHENS: readonly When[] = ['before', 'after'];

/** A layer as it is, or as it would be. */
export function layerAt(state: Readonly<State>, id: string, when: When): LayerFeatures | null {
  const repaired = when === 'after' ? state.repairing.answer?.layers[id] : undefined;
  return repaired ?? state.collections[id] ?? null;
}

export function gridsAt(state: Readonly<State>, when: When): FeatureCollection {
  const [grids, present] = [layerAt(state, 'grids', when), state.collections.grids];
  return grids && present ? tinted(grids, present) : EMPTY;
}

/** The number of each grid, at the same place before and after. */
export function gridNumbersOf({ dataset, collections }: Readonly<State>): FeatureCollection {
  if (!dataset || !collections.grids) return EMPTY;
  const figures = gridFigures(collections.grids, dataset);
  const features = collections.grids.features.flatMap(({ geometry, properties, id }): Feature[] => {
    const code = String(properties.code ?? id ?? '');
    const at = properties.label_point ?? labelPoint(geometry);
    const number = figures.get(code)?.number;
    if (!at || number === undefined) return [];
    return [
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [...at] },
        properties: { code, number },
      },
    ];
  });
  return { type: 'FeatureCollection', features };
}

/** Mends whose shape is the very place that changes hands, and small: shown without being asked. */
const PLACES = new Set(['overlap.assign', 'outside.cut', 'gap.fill', 'piece.move']);

function isPlace(item: Item): boolean {
  if (item.group !== 'left') return PLACES.has(item.mend.kind);
  return item.mend.rule.startsWith('coverage.') || item.mend.rule === 'compound.split';
}

/** The shapes of the items; of those that would hide the map only that of the open one. */
export function shapesAt({ repairing }: Readonly<State>, when: When): FeatureCollection {
  const { answer, item: open } = repairing;
  const items = answer ? itemsOf(answer.plan) : [];
  const features = items.flatMap((item): Feature[] => {
    const { geometry } = item.mend;
    const isOpen = item.key === open;
    if (!geometry || !(isOpen || isPlace(item))) return [];
    // The lines in which two layers differ are no more, afterwards.
    const isLine = geometry.type === 'LineString' || geometry.type === 'MultiLineString';
    const isMended = when === 'after' && item.group !== 'left';
    if (isLine && isMended) return [];
    return [
      {
        type: 'Feature',
        geometry,
        properties: { key: item.key, mended: isMended, open: isOpen },
      },
    ];
  });
  return { type: 'FeatureCollection', features };
}

/** Items that stand at one place of the map. */
export interface Cluster {
  at: [number, number];
  items: Item[];
}

/** Marks nearer than this, in pixels, would lie on one another. */
export const NEAR = { across: 50, down: 24 } as const;

/** Joins what would lie on one another, given where places fall on the screen. */
export function clustersOf(
  items: readonly Item[],
  project: (at: [number, number]) => { x: number; y: number },
  near: { across: number; down: number },
): Cluster[] {
  const clusters: (Cluster & { x: number; y: number })[] = [];
  for (const item of items) {
    const bounds = boundsOf([item.mend.geometry]);
    if (!bounds) continue;
    const at = centreOf(bounds);
    const { x, y } = project(at);
    const known = clusters.find(
      other => Math.abs(other.x - x) < near.across && Math.abs(other.y - y) < near.down,
    );
    if (known) known.items.push(item);
    else clusters.push({ at, items: [item], x, y });
  }
  return clusters;
}

/** Items whose numbers a mark shows; of more it says how many they are. */
export const MOST_NUMBERS = 3;
const LONGEST_LABEL = 9;

export function markLabel({ items }: Cluster, many: (n: number) => string): string {
  const label = GROUPS.flatMap(group => {
    const numbers = items.filter(item => item.group === group).map(({ number }) => number);
    return numbers.length > 0 ? `${GROUP_SIGNS[group]}${numbers.join(',')}` : [];
  }).join(' ');
  const fits = items.length <= MOST_NUMBERS && label.length <= LONGEST_LABEL;
  return fits || items.length === 1 ? label : many(items.length);
}

export function marksOf(
  clusters: readonly Cluster[],
  open: string | null,
  many: (n: number) => string,
): FeatureCollection {
  const gravest = (items: readonly Item[]): Group =>
    items.reduce<Group>(
      (worst, { group }) => (GROUPS.indexOf(group) > GROUPS.indexOf(worst) ? group : worst),
      'done',
    );
  return {
    type: 'FeatureCollection',
    features: clusters.map(cluster => {
      const opened = cluster.items.find(({ key }) => key === open);
      const bounds = opened && boundsOf([opened.mend.geometry]);
      return {
        type: 'Feature',
        geometry: {
          type: 'Point',
          coordinates: bounds ? [centreOf(bounds)[0], bounds[3]] : cluster.at,
        },
        properties: {
          keys: cluster.items.map(({ key }) => key).join('\n'),
          label: opened ? `${GROUP_SIGNS[opened.group]}${opened.number}` : markLabel(cluster, many),
          pill: opened ? 'open' : gravest(cluster.items),
        },
      };
    }),
  };
}

/** Codes of the grids that are otherwise afterwards. */
export function changedGrids({ repairing }: Readonly<State>): string[] {
  return (repairing.answer?.plan.grids ?? [])
    .filter(({ changed }) => changed)
    .map(({ code }) => code);
}
