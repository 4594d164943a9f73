/** Slanted lines for the units that change: a sign that needs no colour. */
const SIDE = 12;
const INK = [11, 110, 79] as const;

/** A square picture that repeats without a seam, drawn at twice its size. */
export function hatch(): { width: number; height: number; data: Uint8ClampedArray } {
  const size = SIDE * 2;
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const across = (x + y) % size;
      const on = across < 4;
      data.set([...INK, on ? 190 : 26], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}
