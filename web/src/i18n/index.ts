/** Two languages, one set of keys; a missing English string is a type error. */
import { en } from './en';
import { zh } from './zh';

export type Lang = 'zh' | 'en';
export type Key = keyof typeof zh;
export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: Key, params?: Params) => string;

const STRINGS: Record<Lang, Readonly<Record<Key, string>>> = { zh, en };
export const HTML_LANG: Record<Lang, string> = { zh: 'zh-CN', en: 'en' };

export function translator(lang: Lang): Translate {
  return (key, params) => fill(STRINGS[lang][key], params);
}

function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** For keys made at run time (a rule, a kind): null when nobody has put it into words. */
export function maybeKey(key: string): Key | null {
  return Object.hasOwn(zh, key) ? (key as Key) : null;
}
