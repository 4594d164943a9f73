/** Households of each grid as bars, present against proposed, with the mean and the band. */
import { selectGrid } from '../actions/locate';
import { count, percent, signedPercent } from '../format';
import { bandOf, type GridFigures, presentFigures, proposedFigures } from '../grids';
import type { App, State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';

const SIGN = { over: '▲', under: '▼', within: '' } as const;
/** Room to the right of the longest bar. */
const HEADROOM = 1.04;

export function bars(scope: Scope): HTMLElement {
  const { app } = scope;
  const element = h('section', { class: 'bars' });
  scope.draw(['collections', 'proposal', 'dataset', 'sortBySize'], state => {
    element.replaceChildren(...content(app, state));
    markChosen(element, state);
  });
  scope.draw(['grid', 'hover'], state => markChosen(element, state));
  return element;
}

function content(app: App, state: Readonly<State>): HTMLElement[] {
  const { dataset, lang, sortBySize } = state;
  const present = presentFigures(state);
  if (!dataset || present.size === 0) return [h('p', { class: 'muted' }, app.t('app.loading'))];
  const proposed = proposedFigures(state);
  const rows = rowsOf(present, proposed);
  if (sortBySize) rows.sort((a, b) => size(b) - size(a));
  const most = Math.max(
    ...rows.map(size),
    dataset.mean_households * (1 + dataset.rules.max_deviation),
  );
  const scale = 100 / (most * HEADROOM);
  const mean = dataset.mean_households * scale;
  const band = mean * dataset.rules.max_deviation;
  const vars = {
    '--mean': `${mean}%`,
    '--low': `${mean - band}%`,
    '--high': `${mean + band}%`,
  };
  return [
    head(app, state),
    h(
      'ul',
      { class: proposed ? 'bar-list both' : 'bar-list', vars },
      ...rows.map(row => barRow(app, state, row, scale)),
    ),
    h(
      'p',
      { class: 'bar-legend' },
      proposed && h('span', { class: 'key present' }, app.t('balance.present')),
      proposed && h('span', { class: 'key proposed' }, app.t('balance.proposed')),
      h(
        'span',
        { class: 'key mean' },
        app.t('balance.mean', { n: count(dataset.mean_households, lang) }),
      ),
      h(
        'span',
        { class: 'key band' },
        app.t('balance.band', { p: percent(dataset.rules.max_deviation, lang) }),
      ),
    ),
  ];
}

interface Row {
  present: GridFigures | undefined;
  proposed: GridFigures | undefined;
}

function rowsOf(
  present: Map<string, GridFigures>,
  proposed: Map<string, GridFigures> | null,
): Row[] {
  const codes = new Set([...present.keys(), ...(proposed?.keys() ?? [])]);
  return [...codes].map(code => ({ present: present.get(code), proposed: proposed?.get(code) }));
}

const size = ({ present, proposed }: Row) =>
  Math.max(present?.households ?? 0, proposed?.households ?? 0);

function head({ t, store }: App, { sortBySize }: Readonly<State>): HTMLElement {
  const option = (bySize: boolean, label: string) =>
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(bySize === sortBySize),
        on: { click: () => store.set({ sortBySize: bySize }) },
      },
      label,
    );
  return h(
    'div',
    { class: 'bars-head' },
    h('h3', { class: 'group' }, t('balance.bars')),
    h(
      'div',
      { class: 'segmented small', role: 'group', 'aria-label': t('balance.sort') },
      option(false, t('balance.sortCode')),
      option(true, t('balance.sortSize')),
    ),
  );
}

function barRow(app: App, state: Readonly<State>, row: Row, scale: number): HTMLElement {
  const { lang, dataset } = state;
  const shown = row.proposed ?? row.present;
  if (!shown || !dataset) return h('li', {});
  const tone = bandOf(shown.deviation, dataset);
  const off = signedPercent(shown.deviation, lang);
  const bar = (kind: string, grid: GridFigures | undefined) =>
    grid &&
    h('span', {
      class: `bar ${kind} ${bandOf(grid.deviation, dataset)}`,
      vars: { '--long': `${grid.households * scale}%` },
    });
  return h(
    'li',
    { 'data-code': shown.code },
    h(
      'button',
      {
        class: 'bar-row',
        type: 'button',
        'aria-label': spoken(app, row, lang, off),
        on: {
          click: () => selectGrid(app, shown.code),
          mouseenter: () => app.store.set({ hover: shown.code }),
          mouseleave: () => app.store.set({ hover: null }),
        },
      },
      h('span', { class: 'bar-number' }, shown.number),
      h('span', { class: 'track' }, bar('present', row.present), bar('proposed', row.proposed)),
      h('span', { class: 'bar-count' }, count(shown.households, lang)),
      h('span', { class: `bar-off ${tone}` }, h('i', {}, SIGN[tone]), off),
    ),
  );
}

function spoken({ t }: App, { present, proposed }: Row, lang: State['lang'], d: string): string {
  const name = (present ?? proposed)?.name ?? '';
  const n = count(present?.households ?? 0, lang);
  if (!proposed) return t('balance.row', { name, n, d });
  return t('balance.rowProposed', { name, n, m: count(proposed.households, lang), d });
}

function markChosen(element: HTMLElement, { grid, hover }: Readonly<State>): void {
  for (const item of element.querySelectorAll<HTMLElement>('li[data-code]')) {
    item.classList.toggle('chosen', item.dataset.code === grid);
    item.classList.toggle('hovered', item.dataset.code === hover);
  }
}
