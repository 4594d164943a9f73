import { describe, expect, it } from 'vitest';
import { COLOURS, TINTS } from '../../src/map/palette';

type Triple = [number, number, number];

/** Colour vision as matrices on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISIONS: Record<string, Triple[]> = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const linear = (hex: string): Triple => {
  const at = (start: number) => {
    const share = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [at(1), at(3), at(5)];
};

const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

const seen = (vision: Triple[], [r, g, b]: Triple): Triple =>
  vision.map(([a, c, d]) => Math.max(0, a * r + c * g + d * b)) as Triple;

/** CIE L*a*b* under D65. */
function lab([r, g, b]: Triple): Triple {
  const f = (t: number) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(luminance([r, g, b]));
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe('the palette', () => {
  const four = TINTS.slice(0, 4);

  it.each(Object.keys(VISIONS))('has four tints that differ with %s colour vision', name => {
    const vision = VISIONS[name] as Triple[];
    const colours = four.map(tint => lab(seen(vision, linear(tint))));
    colours.forEach((a, i) => {
      for (const b of colours.slice(i + 1)) {
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(10);
      }
    });
  });

  it('gives labels a contrast of 7:1 on every tint', () => {
    for (const tint of TINTS) expect(contrast(COLOURS.ink, tint)).toBeGreaterThan(7);
  });

  it('gives other map text 4.5:1 on its white halo', () => {
    const texts = [
      'roadText',
      'hillText',
      'waterText',
      'compoundText',
      'community',
      'landmark',
      'off',
    ] as const;
    for (const text of texts) expect(contrast(COLOURS[text], COLOURS.halo)).toBeGreaterThan(4.5);
  });
});
