import { describe, expect, it } from 'vitest';
import { maybeKey, translator } from '../../src/i18n';
import { en } from '../../src/i18n/en';
import { zh } from '../../src/i18n/zh';

const fields = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort();

describe('strings', () => {
  it('hold the same keys in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  it.each(Object.keys(zh) as (keyof typeof zh)[])('%s is filled in the same way in both', key => {
    expect(fields(en[key])).toEqual(fields(zh[key]));
    expect(zh[key].trim()).not.toBe('');
    expect(en[key].trim()).not.toBe('');
  });

  it('write Chinese with Chinese punctuation', () => {
    const wrong = Object.values(zh).filter(text =>
      /[\u4e00-\u9fff][,:;(]|[,;)][\u4e00-\u9fff]/.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it('are filled, and show what was forgotten', () => {
    expect(translator('en')('check.position', { i: 2, n: 9 })).toBe('2 / 9');
    expect(translator('en')('check.position', { i: 2 })).toBe('2 / {n}');
  });

  it('know which run-time keys exist', () => {
    expect(maybeKey('rule.net.displaced')).toBe('rule.net.displaced');
    expect(maybeKey('rule.nobody.knows')).toBeNull();
    expect(maybeKey('toString')).toBeNull();
  });
});
