/** The part of the state that a link holds, to and from the text after `#`. Pure. */
import type { Lang } from '../i18n';
import { decodeChoices, encodeChoices } from '../repair/choices';
import type { Camera, Link } from './app';

export function encodeLink(link: Link): string {
  const text = new URLSearchParams();
  if (link.camera) text.set('view', encodeCamera(link.camera));
  text.set('lang', link.lang);
  if (link.tab !== 'balance') text.set('tab', link.tab);
  if (link.layers) text.set('layers', [...link.layers].sort().join(','));
  if (link.grid) text.set('grid', link.grid);
  if (link.finding) text.set('finding', link.finding);
  if (link.plan) text.set('plan', link.plan);
  if (link.plan && link.side === 'present') text.set('side', link.side);
  if (link.query) text.set('q', link.query);
  if (link.at) text.set('at', link.at.join(','));
  if (link.repair) text.set('repair', encodeChoices(link.repair));
  // Commas, colons and tildes are safe in a fragment, and easier on the eye than %2C.
  const marks = { '%2C': ',', '%3A': ':', '%7E': '~' };
  return Object.entries(marks).reduce((all, [code, mark]) => all.replaceAll(code, mark), `${text}`);
}

/** Whatever is missing or makes no sense is left at its default. */
export function decodeLink(hash: string, defaultLang: Lang): Link {
  const text = new URLSearchParams(hash.replace(/^#/, ''));
  const lang = text.get('lang');
  const layers = text.get('layers');
  const at = numbers(text.get('at'), 2);
  return {
    lang: lang === 'zh' || lang === 'en' ? lang : defaultLang,
    tab: text.get('tab') === 'check' ? 'check' : 'balance',
    layers: layers === null ? null : new Set(layers.split(',').filter(Boolean)),
    grid: text.get('grid'),
    finding: text.get('finding'),
    plan: text.get('plan'),
    side: text.get('side') === 'present' ? 'present' : 'proposed',
    camera: decodeCamera(text.get('view')),
    query: text.get('q'),
    at: at ? [at[0] as number, at[1] as number] : null,
    repair: decodeChoices(text.get('repair')),
  };
}

function encodeCamera({ lon, lat, zoom }: Camera): string {
  return `${lon.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`;
}

function decodeCamera(text: string | null): Camera | null {
  const [lon, lat, zoom] = numbers(text, 3) ?? [];
  if (lon === undefined || lat === undefined || zoom === undefined) return null;
  if (Math.abs(lon) > 180 || Math.abs(lat) > 85 || zoom < 0 || zoom > 24) return null;
  return { lon, lat, zoom };
}

function numbers(text: string | null, length: number): number[] | null {
  const parts = text ? text.split(',').map(Number) : [];
  return parts.length === length && parts.every(Number.isFinite) ? parts : null;
}
