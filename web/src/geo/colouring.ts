/**
 * Few colours for a map, so that neighbours differ.
 *
 * DSATUR (Brélaz 1979) with backtracking: the face whose neighbours already wear the most
 * colours comes next. Four colours are tried first (enough for any plane map of connected faces),
 * then more, since real grids may be in several pieces. Pure.
 */

const FEWEST = 4;
/** Beyond these many steps for one number of colours the next number is tried. */
const STEP_LIMIT = 20_000;

type Wishes = readonly (number | undefined)[];

/**
 * A colour (from 0) for each face.
 * @param neighbours for each face the indices of its neighbours
 * @param wished a colour that a face should keep when it can, e.g. that of the present plan: only
 *   faces that would clash are given another one, as long as the rest can be coloured so
 */
export function colourFaces(
  neighbours: readonly (readonly number[])[],
  wished: Wishes = [],
): number[] {
  const kept = wished.length > 0 ? withoutClashes(neighbours, wished) : [];
  const few = Math.max(
    FEWEST,
    1 + kept.reduce<number>((most, colour) => Math.max(most, colour ?? 0), 0),
  );
  const stable = kept.length > 0 ? new Search(neighbours, few, wished, kept).run() : null;
  if (stable) return stable;
  const highest = neighbours.reduce((most, others) => Math.max(most, others.length), 0) + 1;
  for (let colours = FEWEST; colours < highest; colours++) {
    const found = new Search(neighbours, colours, wished).run();
    if (found) return found;
  }
  // With more colours than neighbours the greedy choice never runs out.
  return new Search(neighbours, Math.max(highest, FEWEST), wished).run() ?? neighbours.map(() => 0);
}

/** Wishes that do not contradict one another: those that clash most are dropped first. */
function withoutClashes(neighbours: readonly (readonly number[])[], wished: Wishes): Wishes {
  const kept = neighbours.map((_, face) => wished[face]);
  const clashesOf = (face: number) =>
    kept[face] === undefined
      ? 0
      : (neighbours[face] ?? []).filter(other => kept[other] === kept[face]).length;
  const byClashes = neighbours
    .map((_, face) => ({ face, clashes: clashesOf(face) }))
    .sort((a, b) => b.clashes - a.clashes);
  for (const { face } of byClashes) if (clashesOf(face) > 0) kept[face] = undefined;
  return kept;
}

const NONE = -1;

interface Choice {
  face: number;
  untried: number[];
}

class Search {
  private readonly colour: number[];
  private readonly trail: Choice[] = [];
  /** For each face and colour, how many neighbours wear it. */
  private readonly worn: Int32Array;
  /** For each face, how many colours its neighbours wear. */
  private readonly saturation: Int32Array;
  /** How many faces wear each colour. */
  private readonly uses: Int32Array;

  constructor(
    private readonly neighbours: readonly (readonly number[])[],
    private readonly colours: number,
    private readonly wished: Wishes,
    fixed: Wishes = [],
  ) {
    this.colour = neighbours.map(() => NONE);
    this.worn = new Int32Array(neighbours.length * colours);
    this.saturation = new Int32Array(neighbours.length);
    this.uses = new Int32Array(colours);
    fixed.forEach((colour, face) => {
      if (colour !== undefined) this.dress(face, colour);
    });
  }

  run(): number[] | null {
    for (let steps = 0; steps < STEP_LIMIT + this.colour.length; steps++) {
      const face = this.mostConstrained();
      if (face === NONE) return this.colour;
      this.trail.push({ face, untried: this.allowed(face) });
      if (!this.advance()) return null;
    }
    return null;
  }

  /** Gives the last face its next colour, going back as far as needed. False: nothing is left. */
  private advance(): boolean {
    for (let last = this.trail.at(-1); last; last = this.trail.at(-1)) {
      this.undress(last.face);
      const next = last.untried.shift();
      if (next !== undefined) {
        this.dress(last.face, next);
        return true;
      }
      this.trail.pop();
    }
    return false;
  }

  private dress(face: number, colour: number): void {
    this.colour[face] = colour;
    this.count(face, colour, 1);
  }

  private undress(face: number): void {
    const colour = this.colour[face] ?? NONE;
    if (colour === NONE) return;
    this.colour[face] = NONE;
    this.count(face, colour, -1);
  }

  private count(face: number, colour: number, step: 1 | -1): void {
    this.uses[colour] = (this.uses[colour] ?? 0) + step;
    for (const other of this.neighbours[face] ?? []) {
      const at = other * this.colours + colour;
      const now = (this.worn[at] ?? 0) + step;
      this.worn[at] = now;
      const changed = step === 1 ? now === 1 : now === 0;
      if (changed) this.saturation[other] = (this.saturation[other] ?? 0) + step;
    }
  }

  private mostConstrained(): number {
    let best = NONE;
    let bestRank = NONE;
    for (let face = 0; face < this.colour.length; face++) {
      if (this.colour[face] !== NONE) continue;
      const others = this.neighbours[face]?.length ?? 0;
      const rank = (this.saturation[face] ?? 0) * this.colour.length + others;
      if (rank > bestRank) [best, bestRank] = [face, rank];
    }
    return best;
  }

  /** The colours left to a face: the wished one first, then those worn least, to spread them. */
  private allowed(face: number): number[] {
    const rank = (colour: number) =>
      colour === this.wished[face] ? NONE : (this.uses[colour] ?? 0);
    return Array.from({ length: this.colours }, (_, colour) => colour)
      .filter(colour => this.worn[face * this.colours + colour] === 0)
      .sort((a, b) => rank(a) - rank(b));
  }
}
