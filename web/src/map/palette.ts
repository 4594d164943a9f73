/**
 * The map's colours. Tints are light, so that labels keep a contrast of at least 7:1 on them, and
 * differ in lightness as well as hue, so that they can be told apart with any colour vision.
 */

/** Fills of grids; neighbours get different ones. Four are needed, the rest are for islands. */
export const TINTS = ['#bfe0f7', '#fff4c2', '#c3b5d6', '#f4bd93', '#f4f1ea', '#b4bcc4'] as const;

export const COLOURS = {
  paper: '#efece4',
  land: '#faf8f3',
  ink: '#1b2733',
  halo: '#ffffff',
  /** Off the band of households. */
  off: '#b3141b',
  gridBorder: '#2b3f52',
  subdistrict: '#1b2733',
  community: '#5b3a86',
  road: '#ffffff',
  roadCasing: '#a8a296',
  roadText: '#5a5347',
  hill: '#a9cf9a',
  hillText: '#2c5a24',
  water: '#5b9bd5',
  waterText: '#1d4e80',
  compound: '#ffffff',
  compoundBorder: '#8a8f96',
  compoundText: '#3a4654',
  building: '#b9b3a8',
  unit: '#77818c',
  landmark: '#8a4b08',
  finding: '#d6006c',
  changed: '#0b6e4f',
  selected: '#0b57d0',
  pin: '#c4161c',
} as const;

/** A line style for each net: colour, dash (in line widths) and how far inside the border it runs. */
export const NET_STYLES = [
  { colour: '#b3141b', dash: [1, 0], inset: 3.5 },
  { colour: '#b65c00', dash: [3, 1.5], inset: 6.5 },
  { colour: '#00665e', dash: [1, 1], inset: 9.5 },
  { colour: '#5b3a86', dash: [5, 1.5, 1, 1.5], inset: 12.5 },
] as const;

export type NetStyle = (typeof NET_STYLES)[number];

/** The style of a dataset's n-th net. */
export function netStyle(n: number): NetStyle {
  return NET_STYLES[n % NET_STYLES.length] ?? NET_STYLES[0];
}
