/** Numbers as people of either language write them. Pure. */
import type { Lang } from './i18n';

const LOCALES: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' };

/** A whole number with the thousands parted. */
export function count(value: number, lang: Lang): string {
  return new Intl.NumberFormat(LOCALES[lang], { maximumFractionDigits: 0 }).format(value);
}

/** A share as a percentage with its sign: 0.073 is "+7.3%". */
export function signedPercent(share: number, lang: Lang): string {
  return percentage(share, lang, { signDisplay: 'exceptZero' });
}

/** A share as a percentage without a sign. */
export function percent(share: number, lang: Lang): string {
  return percentage(Math.abs(share), lang, {});
}

function percentage(share: number, lang: Lang, options: Intl.NumberFormatOptions): string {
  const format = new Intl.NumberFormat(LOCALES[lang], {
    style: 'percent',
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    ...options,
  });
  return format.format(share).replace('-', '−');
}

/** Metres, or kilometres from 10 km on; below 10 m with a decimal. */
export function metres(value: number, lang: Lang): string {
  const [shown, unit] = value >= 10_000 ? [value / 1000, 'km'] : [value, 'm'];
  const digits = shown < 10 ? 2 : shown < 100 ? 1 : 0;
  return `${decimals(shown, digits, lang)} ${unit}`;
}

/** Square metres, or square kilometres from 1 km² on. */
export function squareMetres(value: number, lang: Lang): string {
  if (value >= 1_000_000) return `${decimals(value / 1_000_000, 2, lang)} km²`;
  return `${decimals(value, value < 10 ? 2 : 0, lang)} m²`;
}

function decimals(value: number, digits: number, lang: Lang): string {
  return new Intl.NumberFormat(LOCALES[lang], { maximumFractionDigits: digits }).format(value);
}

/** Longitude and latitude to about a tenth of a metre. */
export function lonLat(lon: number, lat: number): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}

/** The server's sentences begin small in English; one that begins with a key stays as it is. */
export function sentence(text: string, keys: readonly string[], lang: Lang): string {
  if (lang !== 'en' || keys.some(key => text.startsWith(key))) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
