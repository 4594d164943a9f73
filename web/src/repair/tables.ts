/** Before and after in figures: the grids, the findings, and the layers to take away. */
import type { Bbox, GridChange } from '../api/types';
import { count, metres, squareMetres } from '../format';
import { boundsOf } from '../geo/bounds';
import { presentFigures } from '../grids';
import { maybeKey } from '../i18n';
import type { App, State } from '../state/app';
import { h, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { downloads } from './downloads';
import { differs } from './items';

const TABS = ['grids', 'rules', 'files'] as const;
type Tab = (typeof TABS)[number];

export function tables(scope: Scope, fly: (bounds: Bbox) => void): HTMLElement {
  const { app } = scope;
  const panels: Record<Tab, HTMLElement> = {
    grids: h('div', {}),
    rules: h('div', {}),
    files: downloads(scope),
  };
  const buttons = TABS.map(tab =>
    h(
      'button',
      {
        id: `repair-tab-${tab}`,
        role: 'tab',
        type: 'button',
        'aria-controls': `repair-panel-${tab}`,
        on: { click: () => open(tab) },
      },
      app.t(`repair.tab.${tab}`),
    ),
  );
  for (const tab of TABS) {
    const attributes = {
      id: `repair-panel-${tab}`,
      class: 'repair-panel',
      role: 'tabpanel',
      tabindex: '0',
      'aria-labelledby': `repair-tab-${tab}`,
    };
    for (const [name, value] of Object.entries(attributes)) panels[tab].setAttribute(name, value);
  }
  const open = (tab: Tab) => {
    TABS.forEach((each, i) => {
      show(panels[each], each === tab);
      buttons[i]?.setAttribute('aria-selected', String(each === tab));
      buttons[i]?.setAttribute('tabindex', each === tab ? '0' : '-1');
    });
  };
  open('grids');
  const list = h(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': app.t('repair.tabs') },
    ...buttons,
  );
  list.addEventListener('keydown', event => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = TABS[(at + step + TABS.length) % TABS.length];
    if (step === 0 || at < 0 || !next) return;
    open(next);
    buttons[TABS.indexOf(next)]?.focus();
  });
  let drawn: unknown = null;
  scope.draw(['repairing', 'collections'], state => {
    const { answer, busy } = state.repairing;
    for (const tab of TABS) panels[tab].classList.toggle('stale', busy);
    if (answer === drawn) return;
    drawn = answer;
    panels.grids.replaceChildren(...gridTable(app, state, fly));
    panels.rules.replaceChildren(...ruleTable(app, state));
  });
  return h('div', { class: 'repair-tables' }, list, ...TABS.map(tab => panels[tab]));
}

function headRow(...names: string[]): HTMLElement {
  return h('thead', {}, h('tr', {}, ...names.map(name => h('th', { scope: 'col' }, name))));
}

type Column = [name: string, text: (grid: GridChange) => string];

function gridTable(app: App, state: Readonly<State>, fly: (bounds: Bbox) => void): HTMLElement[] {
  const { t } = app;
  const plan = state.repairing.answer?.plan;
  if (!plan) return [];
  const rows = [...plan.grids].sort((a, b) => Number(differs(b)) - Number(differs(a)));
  // A column of nothing says nothing.
  const columns = columnsOf(app, state).filter(([, text]) =>
    rows.some(grid => !['', '0'].includes(text(grid))),
  );
  const row = (grid: GridChange) =>
    h(
      'tr',
      { class: differs(grid) ? 'differs' : '' },
      h('th', { scope: 'row' }, gridLink(app, state, grid, fly)),
      ...columns.map(([, text]) => cell(text(grid))),
    );
  return [
    h(
      'table',
      {},
      headRow(t('repair.col.grid'), ...columns.map(([name]) => name)),
      h('tbody', {}, ...rows.map(row)),
    ),
  ];
}

function columnsOf({ t }: App, { lang }: Readonly<State>): Column[] {
  const whole = (value: number | null) => (value === null ? '' : count(value, lang));
  const area = (value: number) => squareMetres(value, lang);
  const change = ({ changed, area_before_m2, area_after_m2 }: GridChange) => {
    const off = area_after_m2 - area_before_m2;
    // Less than this is the rounding of the plane in which areas are measured.
    const least = Math.max(0.05, area_before_m2 * LEAST_CHANGE);
    return !changed || Math.abs(off) < least ? '' : `${off > 0 ? '+' : '−'}${area(Math.abs(off))}`;
  };
  const compounds = ({ compounds_gained, compounds_lost }: GridChange) =>
    [
      compounds_gained.length > 0 && `+${compounds_gained.length}`,
      compounds_lost.length > 0 && `−${compounds_lost.length}`,
    ]
      .filter(Boolean)
      .join(' ');
  return [
    [
      t('repair.col.area'),
      grid =>
        change(grid)
          ? pair(area(grid.area_before_m2), area(grid.area_after_m2))
          : area(grid.area_before_m2),
    ],
    [t('repair.col.areaChange'), change],
    [
      t('repair.col.households'),
      grid => pair(whole(grid.households_before), whole(grid.households_after)),
    ],
    [
      t('repair.col.findings'),
      grid => pair(whole(grid.findings_before), whole(grid.findings_after)),
    ],
    [
      t('repair.col.movement'),
      grid => (grid.changed ? metres(grid.greatest_movement_m, lang) : ''),
    ],
    [t('repair.col.compounds'), compounds],
  ];
}

/** Share of a grid's area. */
const LEAST_CHANGE = 1e-5;

function gridLink(
  { t }: App,
  state: Readonly<State>,
  grid: GridChange,
  fly: (bounds: Bbox) => void,
): HTMLElement {
  const number = presentFigures(state).get(grid.code)?.number ?? '';
  const see = () => {
    const feature = state.collections.grids?.features.find(
      ({ properties, id }) => String(properties.code ?? id) === grid.code,
    );
    const bounds = feature && boundsOf([feature.geometry]);
    if (bounds) fly(bounds);
  };
  return h(
    'button',
    { class: 'table-link', type: 'button', on: { click: see } },
    h('b', {}, number),
    ` ${grid.name || grid.code}`,
    grid.locked && h('small', {}, ` · ${t('repair.isLocked')}`),
  );
}

/** One figure where nothing changes, two where something does. */
function pair(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`;
}

function cell(text: string): HTMLElement {
  return h('td', { class: text.includes('→') ? 'changes' : '' }, text);
}

function ruleTable({ t }: App, { repairing, lang }: Readonly<State>): HTMLElement[] {
  const plan = repairing.answer?.plan;
  if (!plan) return [];
  const gone = ({ before, after }: { before: number; after: number }) => before - after;
  const rows = [...plan.findings].sort(
    (a, b) => Number(gone(b) !== 0) - Number(gone(a) !== 0) || gone(b) - gone(a),
  );
  if (rows.length === 0) return [h('p', { class: 'muted' }, t('check.clean'))];
  return [
    h(
      'table',
      {},
      headRow(t('repair.col.rule'), t('repair.before'), t('repair.after'), t('repair.col.change')),
      h(
        'tbody',
        {},
        ...rows.map(rule => {
          const key = maybeKey(`rule.${rule.rule}`);
          const off = gone(rule);
          const change =
            off === 0
              ? t('repair.same')
              : off > 0
                ? `✓ −${count(off, lang)}`
                : `✕ +${count(-off, lang)}`;
          return h(
            'tr',
            { class: off === 0 ? '' : 'differs' },
            h('th', { scope: 'row' }, key ? t(key) : rule.rule, ' ', h('code', {}, rule.rule)),
            h('td', {}, count(rule.before, lang)),
            h('td', {}, count(rule.after, lang)),
            h('td', { class: off > 0 ? 'good' : off < 0 ? 'bad' : '' }, change),
          );
        }),
      ),
    ),
  ];
}
