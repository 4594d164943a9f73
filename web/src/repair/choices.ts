/** What a planner may choose for a repair, as the server and the command line take it. Pure. */
import type { Dataset, RepairRequest } from '../api/types';

export interface Choices {
  /** Codes of grids that stay as they are. */
  lock: ReadonlySet<string>;
  /** Layers that stay as they are. */
  skip: ReadonlySet<string>;
  /** The greatest share of a grid that one mend may move; null: the server's usual. */
  maxShare: number | null;
  /** The most households that one mend may decide; null: the server's usual. */
  maxHouseholds: number | null;
  /** Whether the two limits are set aside. */
  force: boolean;
}

export const USUAL: Choices = {
  lock: new Set(),
  skip: new Set(),
  maxShare: null,
  maxHouseholds: null,
  force: false,
};

/** The layers that a planner may leave out, in the order of their repair. */
export function repairable(dataset: Dataset): string[] {
  const nets = dataset.layers.filter(layer => layer.net).map(({ id }) => id);
  return ['grids', ...nets];
}

/** The layer whose edges get the grids' corners: the first of these that there is. */
const OUTLINES = ['subdistrict', 'communities', 'units'];

/** The layers that may change; null when all may. */
function layersOf({ skip }: Choices, dataset: Dataset): string[] | null {
  if (skip.size === 0) return null;
  const outline = OUTLINES.find(id => dataset.layers.some(layer => layer.id === id));
  // The outline's edges follow the grids, so it goes with them.
  const all = [...(outline && !skip.has('grids') ? [outline] : []), ...repairable(dataset)];
  return all.filter(id => !skip.has(id));
}

export function requestOf(choices: Choices, dataset: Dataset): RepairRequest {
  const layers = layersOf(choices, dataset);
  const { maxShare, maxHouseholds } = choices;
  return {
    ...(layers ? { layers } : {}),
    lock: [...choices.lock].sort(),
    ...(maxShare === null ? {} : { max_share: maxShare }),
    ...(maxHouseholds === null ? {} : { max_households: maxHouseholds }),
    force: choices.force,
  };
}

/** The command that writes the whole dataset as the plan would make it. */
export function commandOf(choices: Choices, dataset: Dataset): string {
  const layers = layersOf(choices, dataset);
  const words = ['wangge', 'repair', dataset.name, '-o', `${dataset.name}-repaired`];
  if (choices.lock.size > 0) words.push('--lock', ...[...choices.lock].sort());
  if (layers) words.push('--layer', ...layers);
  if (choices.force) words.push('--force');
  else {
    if (choices.maxShare !== null) words.push('--max-share', String(choices.maxShare));
    if (choices.maxHouseholds !== null) {
      words.push('--max-households', String(choices.maxHouseholds));
    }
  }
  return words.map(quoted).join(' ');
}

/** A word that a shell takes as one. */
function quoted(word: string): string {
  return /^[\p{L}\p{N}_./:=-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A set with the member put in, or taken out. */
export function withMember(set: ReadonlySet<string>, member: string, held: boolean): Set<string> {
  const copy = new Set(set);
  if (held) copy.add(member);
  else copy.delete(member);
  return copy;
}

/** In a link: what differs from the usual, each part after its letter. */
export function encodeChoices({ lock, skip, maxShare, maxHouseholds, force }: Choices): string {
  const parts = ['on'];
  if (lock.size > 0) parts.push(`lock:${[...lock].sort().map(encoded).join(',')}`);
  if (skip.size > 0) parts.push(`skip:${[...skip].sort().map(encoded).join(',')}`);
  if (maxShare !== null) parts.push(`share:${maxShare}`);
  if (maxHouseholds !== null) parts.push(`households:${maxHouseholds}`);
  if (force) parts.push('force');
  return parts.join('~');
}

/** Null when the text is none of ours. */
export function decodeChoices(text: string | null): Choices | null {
  if (!text) return null;
  const [on, ...parts] = text.split('~');
  if (on !== 'on') return null;
  const part = (name: string) => parts.find(one => one.startsWith(`${name}:`))?.split(':')[1];
  const names = (name: string) =>
    new Set((part(name) ?? '').split(',').filter(Boolean).map(decoded));
  return {
    lock: names('lock'),
    skip: names('skip'),
    maxShare: within(part('share'), 1),
    maxHouseholds: within(part('households'), Number.MAX_SAFE_INTEGER),
    force: parts.includes('force'),
  };
}

/** Tildes part the parts. */
const encoded = (name: string) => encodeURIComponent(name).replaceAll('~', '%7E');

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function within(text: string | undefined, most: number): number | null {
  const number = text ? Number(text) : Number.NaN;
  return number >= 0 && number <= most ? number : null;
}
