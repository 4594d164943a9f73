import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { maybeKey } from '../../src/i18n';
import { en } from '../../src/i18n/en';
import { zh } from '../../src/i18n/zh';

/** The program's sources, which hold every rule's name as a text. */
const SOURCES = fileURLToPath(new URL('../../../src', import.meta.url));
const KINDS =
  'balance|code|compound|coverage|crs|date|encoding|feature|field|file|geometry|grid|net|size';

function textsOf(folder: string, pattern: RegExp): Set<string> {
  const found = new Set<string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.rs')) continue;
    for (const name of textsIn(`${entry.parentPath}/${entry.name}`, pattern)) found.add(name);
  }
  return found;
}

function textsIn(file: string, pattern: RegExp): Set<string> {
  return new Set([...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => name ?? ''));
}

const classes = textsIn(`${SOURCES}/check/nets/report.rs`, /Self::\w+ => "([a-z_]+)",/g);
const emitted = [
  ...['check', 'dataset', 'repair'].flatMap(folder => [
    ...textsOf(`${SOURCES}/${folder}`, new RegExp(`"((?:${KINDS})\\.[a-z_]+)"`, 'g')),
  ]),
  // Only an identical match is no finding.
  ...[...classes].filter(name => name !== 'identical').map(name => `net.${name}`),
];
/** What a repair does is named in the same way. */
const mends = textsIn(`${SOURCES}/repair/report.rs`, /=> "(\w+\.\w+)"/g);

describe('rules', () => {
  const rules = [...new Set(emitted)].filter(name => !mends.has(name)).sort();

  it('are found in the sources', () => {
    expect(rules.length).toBeGreaterThan(40);
    expect(mends.size).toBeGreaterThanOrEqual(10);
    expect(classes).toContain('displaced');
  });

  it.each(rules)('%s has a name', name => {
    expect(maybeKey(`rule.${name}`)).not.toBeNull();
  });

  it.each([...mends])('the mend %s has a name', name => {
    expect(maybeKey(`repair.kind.${name}`)).not.toBeNull();
  });

  it('are named as the printed report names them', () => {
    const words = readFileSync(`${SOURCES}/check/html/words.rs`, 'utf8');
    const listed = [...words.matchAll(/\("(\w+\.\w+)", "([^"]*)", "([^"]*)"\)/g)];
    expect(listed.length).toBeGreaterThan(40);
    const here = (strings: Record<string, string>, name: string) => strings[`rule.${name}`];
    for (const [, name = '', english, chinese] of listed) {
      expect([name, here(en, name), here(zh, name)]).toEqual([name, english, chinese]);
    }
  });

  it('have no name without a rule', () => {
    const named = Object.keys(zh).filter(key => key.startsWith('rule.'));
    const written = new Set(emitted);
    expect(named.filter(key => !written.has(key.slice('rule.'.length)))).toEqual([]);
  });
});
