/** Does each net coincide with the grids, and if not, what differs. */
import type { NetReport } from '../api/types';
import { count, metres } from '../format';
import { maybeKey } from '../i18n';
import type { App, State } from '../state/app';
import { h } from '../ui/dom';

export function netsSummary(app: App, state: Readonly<State>): HTMLElement[] {
  const { report } = state;
  if (!report || report.nets.length === 0) return [];
  return [
    h('h3', { class: 'group' }, app.t('check.nets')),
    h('ul', { class: 'nets' }, ...report.nets.map(net => row(app, net, state))),
  ];
}

function row({ t }: App, net: NetReport, { dataset, lang }: Readonly<State>): HTMLElement {
  const layer = dataset?.layers.find(({ id }) => id === net.net);
  const title = (lang === 'zh' ? layer?.title_zh : layer?.title) ?? net.net;
  const households = net.matches
    .filter(match => match.class !== 'identical')
    .reduce((sum, match) => sum + (match.households_affected ?? 0), 0);
  const parts = [
    ...classCounts(net).map(([what, n]) => {
      const key = maybeKey(`class.${what}`);
      return t('check.matches', { n: count(n, lang), what: key ? t(key) : what });
    }),
    ...(households > 0 ? [t('check.affected', { n: count(households, lang) })] : []),
    ...offsetWords(t, net, lang),
  ];
  return h(
    'li',
    { class: net.coincides ? 'net good' : 'net bad' },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, net.coincides ? '✓' : '✕'),
    h('b', {}, title),
    h('span', { class: 'net-state' }, t(net.coincides ? 'check.coincides' : 'check.differs')),
    h('span', { class: 'net-parts' }, ...parts.map(part => h('span', {}, part))),
  );
}

/** What differs first, by how often. */
function classCounts(net: NetReport): [string, number][] {
  const counts = new Map<string, number>();
  for (const match of net.matches) counts.set(match.class, (counts.get(match.class) ?? 0) + 1);
  const rank = ([name]: [string, number]) => (name === 'identical' ? 1 : 0);
  return [...counts].sort((a, b) => rank(a) - rank(b) || b[1] - a[1]);
}

function offsetWords(t: App['t'], { offset }: NetReport, lang: State['lang']): string[] {
  if (!offset) return [];
  const shift = t('check.offset', {
    east: metres(offset.east_m, lang),
    north: metres(offset.north_m, lang),
  });
  const crs = offset.suspected_crs;
  return crs ? [shift, t('check.offsetCrs', { crs })] : [shift];
}
