import { describe, expect, it } from 'vitest';
import type { Dataset, GridChange, Mend, Refusal, RepairPlan } from '../../src/api/types';
import {
  type Choices,
  commandOf,
  decodeChoices,
  encodeChoices,
  requestOf,
  USUAL,
  withMember,
} from '../../src/repair/choices';
import {
  differs,
  itemAbout,
  itemsOf,
  limitsFor,
  totals,
  withNames,
  withoutKeys,
} from '../../src/repair/items';
import { clustersOf, markLabel, marksOf, NEAR } from '../../src/repair/mapData';

const layer = (id: string, net = false) =>
  ({ id, net, title: id, title_zh: id, geometry: 'polygon', features: 1 }) as const;
const dataset = {
  name: 'my street',
  layers: [layer('subdistrict'), layer('grids'), layer('branches', true), layer('roads')],
} as unknown as Dataset;

const chosen: Choices = {
  lock: new Set(['B', 'A']),
  skip: new Set(['branches']),
  maxShare: 0.1,
  maxHouseholds: 80,
  force: false,
};

const common = {
  rule: 'coverage.gap',
  layer: 'grids',
  features: ['A', 'B'],
  area_m2: 100,
  households: 0,
  compounds: [],
  message: '',
  message_zh: '',
  why: '',
  why_zh: '',
  geometry: { type: 'Point' as const, coordinates: [120, 36] },
};
const mend = (over: Partial<Mend>): Mend => ({
  ...common,
  kind: 'gap.fill',
  confirm: false,
  ...over,
});
const refusal = (over: Partial<Refusal>): Refusal => ({
  ...common,
  reason: 'too_large',
  advice: '',
  advice_zh: '',
  ...over,
});
const grid = (over: Partial<GridChange>): GridChange => ({
  code: 'A',
  name: 'A',
  locked: false,
  changed: false,
  area_before_m2: 1000,
  area_after_m2: 1000,
  households_before: 10,
  households_after: 10,
  vertices_moved: 0,
  greatest_movement_m: 0,
  compounds_gained: [],
  compounds_lost: [],
  findings_before: 1,
  findings_after: 1,
  ...over,
});
const plan = (over: Partial<RepairPlan>): RepairPlan => ({
  dataset: '',
  tolerance_m: 0.5,
  max_share: 0.05,
  max_households: 50,
  actions: [],
  refusals: [],
  grids: [],
  layers: [],
  findings: [],
  ...over,
});

describe('choices', () => {
  it('ask for the usual without naming it', () => {
    expect(requestOf(USUAL, dataset)).toEqual({ lock: [], force: false });
    expect(commandOf(USUAL, dataset)).toBe("wangge repair 'my street' -o 'my street-repaired'");
  });

  it('name all layers but those left out; the outline goes with the grids', () => {
    const request = requestOf(chosen, dataset);
    expect(request).toEqual({
      layers: ['subdistrict', 'grids'],
      lock: ['A', 'B'],
      max_share: 0.1,
      max_households: 80,
      force: false,
    });
    const netsOnly = requestOf({ ...USUAL, skip: new Set(['grids']) }, dataset);
    expect(netsOnly.layers).toEqual(['branches']);
  });

  it('are said as a command', () => {
    expect(commandOf(chosen, { ...dataset, name: 'd' })).toBe(
      'wangge repair d -o d-repaired --lock A B --layer subdistrict grids --max-share 0.1 --max-households 80',
    );
    expect(commandOf({ ...chosen, force: true }, { ...dataset, name: 'd' })).toContain('--force');
    expect(commandOf(USUAL, { ...dataset, name: "it's" })).toContain(`'it'\\''s'`);
  });

  it('come back from a link as they were', () => {
    for (const choices of [
      USUAL,
      chosen,
      { ...USUAL, lock: new Set(['a,b~c:d é']), force: true },
    ]) {
      expect(decodeChoices(encodeChoices(choices))).toEqual(choices);
    }
    expect(decodeChoices(null)).toBeNull();
    expect(decodeChoices('off')).toBeNull();
    expect(decodeChoices('on~share:7~households:x')).toEqual(USUAL);
  });

  it('take members in and out', () => {
    expect(withMember(new Set(['a']), 'b', true)).toEqual(new Set(['a', 'b']));
    expect(withMember(new Set(['a', 'b']), 'b', false)).toEqual(new Set(['a']));
  });
});

describe('items', () => {
  const whole = plan({
    actions: [
      mend({ kind: 'net.add', rule: 'net.missing', layer: 'branches', confirm: true }),
      mend({ features: ['A', 'C'] }),
      mend({ kind: 'net.snap', rule: 'net.displaced', layer: 'branches', features: ['Z', 'A'] }),
      mend({ features: ['A', 'C'] }),
    ],
    refusals: [refusal({})],
  });

  it('are grouped by what a planner has to do, numbered, each with a key of its own', () => {
    const items = itemsOf(whole);
    expect(items.map(({ group }) => group)).toEqual(['done', 'done', 'done', 'confirm', 'left']);
    expect(items.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(items.map(({ key }) => key)).size).toBe(5);
    // The same list for the same plan: what is open stays open.
    expect(itemsOf(whole)).toBe(items);
  });

  it('are found for a finding', () => {
    const about = (rule: string, on: string, features: string[]) =>
      itemAbout(whole, { rule, layer: on, features })?.number;
    expect(about('net.displaced', 'branches', ['Z', 'A'])).toBe(1);
    expect(about('coverage.gap', 'grids', ['B', 'A'])).toBe(5);
    expect(about('coverage.overlap', 'grids', ['A'])).toBeUndefined();
    expect(about('coverage.gap', 'grids', ['Q'])).toBeUndefined();
  });

  it('are marked together where they lie on one another', () => {
    const project = () => ({ x: 5, y: 5 });
    const [all, ...others] = clustersOf(itemsOf(whole), project, NEAR);
    expect(others).toEqual([]);
    expect(all && markLabel(all, n => `${n} items`)).toBe('5 items');
    const few = clustersOf(itemsOf(whole).slice(2), project, NEAR)[0];
    expect(few && markLabel(few, String)).toBe('✓3 ?4 !5');
    const places = [0, 1, 2, 3, 4].map(n => ({ x: n * NEAR.across, y: 0 }));
    const apart = clustersOf(itemsOf(whole), () => places.pop() ?? { x: 0, y: 0 }, NEAR);
    expect(apart).toHaveLength(5);
    expect(apart.map(one => markLabel(one, String))).toEqual(['✓1', '✓2', '✓3', '?4', '!5']);
    const marks = marksOf(apart, itemsOf(whole)[3]?.key ?? '', String);
    const pills = marks.features.map(feature => feature.properties?.pill);
    expect(pills).toEqual(['done', 'done', 'done', 'open', 'left']);
  });

  it('leave out the keys that stand behind names, and name grids', () => {
    expect(withoutKeys('一格 (A-1)与二格（A-2）', ['A-1', 'A-2'])).toBe('一格与二格');
    const grids = new Map([
      ['370203-2', { name: '二格' }],
      ['101', { name: '第101网格' }],
    ]);
    expect(withNames('分属二格（370203-2）和它处（B），所填为370203-2，不是B', grids)).toBe(
      '分属二格和它处（B），所填为二格，不是B',
    );
    expect(withNames('第101网格 (101)与第102网格', grids)).toBe('第101网格与第102网格');
  });
});

describe('figures', () => {
  it('sum the findings', () => {
    const findings = [
      { rule: 'a', before: 3, after: 0 },
      { rule: 'b', before: 1, after: 2 },
    ];
    expect(totals(plan({ findings }))).toEqual({ before: 4, after: 2 });
  });

  it('tell grids that are otherwise', () => {
    expect(differs(grid({}))).toBe(false);
    for (const over of [{ changed: true }, { households_after: 9 }, { findings_after: 0 }]) {
      expect(differs(grid(over))).toBe(true);
    }
  });

  it('widen the limits for what was too large, and no further', () => {
    const limits = limitsFor(
      refusal({ area_m2: 120, households: 70 }),
      plan({ grids: [grid({}), grid({ code: 'B', area_before_m2: 2000 }), grid({ code: 'C' })] }),
    );
    expect(limits?.maxHouseholds).toBe(70);
    expect(limits?.maxShare).toBeGreaterThan(0.12);
    expect(limits?.maxShare).toBeLessThan(0.125);
    expect(limitsFor(refusal({}), plan({}))).toBeNull();
  });
});
