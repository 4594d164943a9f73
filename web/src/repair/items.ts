/** A plan of repair as a list that people read: numbered, in groups, each with its place. Pure. */
import type { GridChange, Mend, Refusal, RepairPlan } from '../api/types';

/** What is done by itself, what is done and should be confirmed, what is left to people. */
export type Group = 'done' | 'confirm' | 'left';
export const GROUPS: readonly Group[] = ['done', 'confirm', 'left'];

/** A shape of its own for each group, besides the colour. */
export const GROUP_SIGNS: Readonly<Record<Group, string>> = { done: '✓', confirm: '?', left: '!' };

export type Item = { key: string; number: number } & (
  | { group: 'done' | 'confirm'; mend: Mend }
  | { group: 'left'; mend: Refusal }
);

const itemsOfPlan = new WeakMap<RepairPlan, Item[]>();

/** The mends and refusals, group by group, in each by layer, numbered from 1. */
export function itemsOf(plan: RepairPlan): Item[] {
  const known = itemsOfPlan.get(plan);
  if (known) return known;
  const seen = new Map<string, number>();
  const key = (kind: string, { layer, features }: Mend | Refusal) => {
    const base = [kind, layer, ...features].join('~');
    const times = (seen.get(base) ?? 0) + 1;
    seen.set(base, times);
    return times === 1 ? base : `${base}~~${times}`;
  };
  const order = [...new Set(plan.actions.map(({ layer }) => layer))];
  const byLayer = (a: Mend, b: Mend) => order.indexOf(a.layer) - order.indexOf(b.layer);
  const mends = [...plan.actions].sort(byLayer);
  const items: Item[] = [
    ...mends.filter(mend => !mend.confirm).map(mend => ({ group: 'done' as const, mend })),
    ...mends.filter(mend => mend.confirm).map(mend => ({ group: 'confirm' as const, mend })),
    ...plan.refusals.map(mend => ({ group: 'left' as const, mend })),
  ].map((item, i) => ({
    ...item,
    key: key(item.group === 'left' ? item.mend.rule : item.mend.kind, item.mend),
    number: i + 1,
  }));
  itemsOfPlan.set(plan, items);
  return items;
}

/** The item that is about a finding, if any. */
export function itemAbout(
  plan: RepairPlan,
  about: { rule: string; layer: string; features: readonly string[] },
): Item | null {
  const named = new Set(about.features);
  const shared = ({ mend }: Item) => mend.features.filter(key => named.has(key)).length;
  const fits = itemsOf(plan).filter(
    item => item.mend.rule === about.rule && item.mend.layer === about.layer && shared(item) > 0,
  );
  fits.sort((a, b) => shared(b) - shared(a));
  return fits[0] ?? null;
}

/** Findings of the check before and after. */
export function totals({ findings }: RepairPlan): { before: number; after: number } {
  return findings.reduce(
    (sum, rule) => ({ before: sum.before + rule.before, after: sum.after + rule.after }),
    { before: 0, after: 0 },
  );
}

/** Whether anything about the grid is otherwise afterwards. */
export function differs(grid: GridChange): boolean {
  return (
    grid.changed ||
    grid.households_before !== grid.households_after ||
    grid.findings_before !== grid.findings_after
  );
}

/** Names without the keys behind them, for lists where the keys are shown apart. */
export function withoutKeys(text: string, keys: readonly string[]): string {
  return keys.reduce(
    (shorter, key) => shorter.replaceAll(` (${key})`, '').replaceAll(`（${key}）`, ''),
    text,
  );
}

/** Shorter words than this may be a part of a name, and are left alone. */
const SHORTEST_CODE = 6;

/** Codes of grids replaced by the grids' names, or left out where they stand behind one. */
export function withNames(text: string, grids: ReadonlyMap<string, { name: string }>): string {
  return text
    .replace(/ ?[（(]([\w-]+)[)）]/g, (whole, code: string) => (grids.has(code) ? '' : whole))
    .replace(/[\w-]+/g, word =>
      word.length < SHORTEST_CODE ? word : (grids.get(word)?.name ?? word),
    );
}

/** The limits that would let a refusal through which was too large for them. */
export function limitsFor(
  { area_m2, households, features }: Refusal,
  { grids, max_share, max_households }: RepairPlan,
): { maxShare: number; maxHouseholds: number } | null {
  const areas = grids
    .filter(({ code }) => features.includes(code))
    .map(grid => grid.area_before_m2)
    .filter(area => area > 0);
  if (max_share === null || max_households === null || !area_m2 || areas.length === 0) return null;
  // A little more, as the server measures in its own plane.
  const share = Math.ceil((area_m2 / Math.min(...areas)) * 1000 + 1) / 1000;
  return {
    maxShare: Math.min(1, Math.max(max_share, share)),
    maxHouseholds: Math.max(max_households, households),
  };
}
