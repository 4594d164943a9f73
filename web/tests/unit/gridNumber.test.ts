import { describe, expect, it } from 'vitest';
import { gridNumbers } from '../../src/geo/gridNumber';

const short = (...codes: string[]) => [...gridNumbers(codes).values()];

describe('gridNumbers', () => {
  it('reads community and sequence from codes of 15 digits', () => {
    expect(short('370203035001001', '370203035003012')).toEqual(['1-1', '3-12']);
  });

  it('leaves the community out where there is but one', () => {
    expect(short('370203035003001', '370203035003002')).toEqual(['1', '2']);
  });

  it('drops what all codes begin with, and leading zeros', () => {
    expect(short('3701', '3702', '3716')).toEqual(['1', '2', '16']);
  });

  it('keeps whole numbers whole', () => {
    expect(short('10', '11', '16')).toEqual(['10', '11', '16']);
    expect(short('G10', 'G11')).toEqual(['10', '11']);
  });

  it('keeps the codes where shorter ones would be the same', () => {
    expect(short('A-1', 'A-01')).toEqual(['A-1', 'A-01']);
  });

  it('leaves words and a single code alone', () => {
    expect(short('north', 'south')).toEqual(['north', 'south']);
    expect(short('W7')).toEqual(['W7']);
    expect(short()).toEqual([]);
  });
});
