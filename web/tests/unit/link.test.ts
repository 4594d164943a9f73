import { describe, expect, it } from 'vitest';
import type { Link } from '../../src/state/app';
import { decodeLink, encodeLink } from '../../src/state/link';

const plain: Link = {
  lang: 'zh',
  tab: 'balance',
  layers: null,
  grid: null,
  finding: null,
  plan: null,
  side: 'proposed',
  camera: null,
  query: null,
  at: null,
  repair: null,
};

const full: Link = {
  lang: 'en',
  tab: 'check',
  layers: new Set(['grids', 'roads']),
  grid: '370203035003003',
  finding: 'net.displaced~branches~ZB1~ZB2~~2',
  plan: 'p 1/ü',
  side: 'present',
  camera: { lon: 120.38683, lat: 36.11617, zoom: 14.25 },
  query: '鸿仕雅居 3号楼 & 2单元',
  at: [120.4, 36.1],
  repair: {
    lock: new Set(['370203035003003', 'ü,~1']),
    skip: new Set(['branches']),
    maxShare: 0.1,
    maxHouseholds: 80,
    force: true,
  },
};

describe('links', () => {
  it.each([
    ['plain', plain],
    ['full', full],
    ['with no layer at all', { ...plain, layers: new Set<string>() }],
  ])('come back as they were: %s', (_, link) => {
    expect(decodeLink(`#${encodeLink(link)}`, 'zh')).toEqual(link);
  });

  it('take the given language where none is named', () => {
    expect(decodeLink('', 'en').lang).toBe('en');
    expect(decodeLink('#lang=fr', 'zh').lang).toBe('zh');
  });

  it.each(['view=1,2', 'view=a,b,c', 'view=200,0,3', 'view=0,0,99', 'at=1', 'at=NaN,2'])(
    'leave out what makes no sense: %s',
    hash => {
      expect(decodeLink(`#${hash}`, 'zh')).toEqual(plain);
    },
  );
});
