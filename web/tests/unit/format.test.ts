import { describe, expect, it } from 'vitest';
import { count, metres, percent, sentence, signedPercent, squareMetres } from '../../src/format';

describe('numbers', () => {
  it('parts the thousands', () => {
    expect(count(24793.4, 'zh')).toBe('24,793');
    expect(count(1687.5, 'en')).toBe('1,688');
  });

  it('gives shares with their sign, and with a true minus', () => {
    expect(signedPercent(0.417, 'zh')).toBe('+41.7%');
    expect(signedPercent(-0.12, 'en')).toBe('−12.0%');
    expect(signedPercent(0, 'zh')).toBe('0.0%');
    expect(percent(-0.433, 'zh')).toBe('43.3%');
  });

  it('chooses digits and units by size', () => {
    expect(metres(0.456, 'zh')).toBe('0.46 m');
    expect(metres(212.34, 'en')).toBe('212 m');
    expect(metres(12_340, 'en')).toBe('12.3 km');
    expect(squareMetres(3.25, 'zh')).toBe('3.25 m²');
    expect(squareMetres(3617, 'zh')).toBe('3,617 m²');
    expect(squareMetres(2_500_000, 'en')).toBe('2.5 km²');
  });
});

describe('sentence', () => {
  it('begins large in English, unless it begins with a key', () => {
    expect(sentence('a gap of 3 m²', ['g1'], 'en')).toBe('A gap of 3 m²');
    expect(sentence('g1 has a hole', ['g1'], 'en')).toBe('g1 has a hole');
    expect(sentence('g1有空洞', [], 'zh')).toBe('g1有空洞');
    expect(sentence('', [], 'en')).toBe('');
  });
});
