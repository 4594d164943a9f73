/** The answer, in large type: which grid, branch and community; and the grid's figures. */
import { answerAsText, clearSelection, focusGrid, takeCandidate } from '../actions/locate';
import type { Located } from '../api/types';
import { count, lonLat, signedPercent } from '../format';
import { bandOf, communityName, type GridFigures, presentFigures, proposedFigures } from '../grids';
import { maybeKey } from '../i18n';
import type { App, State } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { copyText } from './copy';
import { nameForm } from './nameForm';

const SIGN = { over: '▲ ', under: '▼ ', within: '✓ ' } as const;

export function card(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const body = h('div', { class: 'card-body', 'aria-live': 'polite' });
  const close = h(
    'button',
    {
      class: 'icon-button card-close',
      type: 'button',
      'aria-label': t('answer.close'),
      on: { click: () => clearSelection(app) },
    },
    icon(ICONS.close),
  );
  const element = h(
    'section',
    { class: 'card', 'aria-label': t('answer.title'), hidden: true },
    close,
    body,
  );
  scope.draw(['grid', 'answer', 'collections', 'proposal', 'dataset'], state => {
    show(element, state.grid !== null || state.answer !== null);
    if (!element.hidden) body.replaceChildren(...content(app, state));
  });
  return element;
}

function content(app: App, state: Readonly<State>): HTMLElement[] {
  const { answer } = state;
  const grid = state.grid ? presentFigures(state).get(state.grid) : undefined;
  if (answer && !answer.grid_code) return [nowhere(app, state), ...candidates(app, answer)];
  if (!grid) return [];
  return [
    ...(answer ? [place(app, answer)] : []),
    h(
      'div',
      { class: 'card-grid' },
      h('span', { class: 'card-number' }, grid.number),
      h('h2', { class: 'card-name' }, grid.name),
    ),
    belongs(app, state, grid),
    figures(app, state, grid),
    actions(app, grid),
    ...(answer ? candidates(app, answer) : []),
    ...(answer ? [nameForm(app, answer)] : []),
  ].filter(part => part !== null);
}

function place({ t }: App, answer: Located): HTMLElement {
  const where =
    answer.compound_name ??
    (answer.lon !== null && answer.lat !== null ? lonLat(answer.lon, answer.lat) : '');
  const key = maybeKey(`answer.${answer.match}`);
  return h(
    'p',
    { class: `card-place match-${answer.match}` },
    h('b', {}, where),
    h('span', { class: 'match' }, key ? t(key) : answer.match),
  );
}

function nowhere({ t }: App, { query }: Readonly<State>): HTMLElement {
  const text = query ? t('answer.noneText', { query }) : t('answer.nonePoint');
  return h('div', { class: 'nowhere' }, h('h2', {}, t('answer.none')), h('p', {}, text));
}

function belongs({ t }: App, state: Readonly<State>, grid: GridFigures): HTMLElement {
  const { branch_name, branch_id, community_code } = grid.properties;
  const community = communityName(state, community_code ?? state.answer?.community_code);
  const rows: [string, string | null | undefined][] = [
    [t('grid.branch'), branch_name ?? branch_id ?? state.answer?.branch_id],
    [t('grid.community'), community ?? community_code],
    [t('grid.code'), grid.code],
  ];
  const shown = rows.filter(([, value]) => value);
  return h(
    'dl',
    { class: 'belongs' },
    ...shown.flatMap(([label, value]) => [h('dt', {}, label), h('dd', {}, value)]),
  );
}

function figures({ t }: App, state: Readonly<State>, grid: GridFigures): HTMLElement {
  const { lang, dataset } = state;
  const tone = dataset ? bandOf(grid.deviation, dataset) : 'within';
  const { residents, party_members, compounds } = grid.properties;
  const whole = (value: number | null | undefined) => (value == null ? null : count(value, lang));
  const cells: [string, string | null, string][] = [
    [t('grid.households'), count(grid.households, lang), 'large'],
    [t('grid.deviation'), SIGN[tone] + signedPercent(grid.deviation, lang), `large ${tone}`],
    [t('grid.residents'), whole(residents), ''],
    [t('grid.members'), whole(party_members), ''],
    [t('grid.compounds'), whole(compounds), ''],
  ];
  const proposed = proposedFigures(state)?.get(grid.code);
  if (proposed) {
    const off = signedPercent(proposed.deviation, lang);
    cells.splice(2, 0, [
      t('grid.proposed'),
      `${count(proposed.households, lang)} (${off})`,
      'wide',
    ]);
  }
  return h(
    'dl',
    { class: 'card-figures' },
    ...cells
      .filter(([, value]) => value !== null)
      .map(([label, value, kind]) =>
        h('div', { class: kind }, h('dd', {}, value), h('dt', {}, label)),
      ),
  );
}

function actions(app: App, grid: GridFigures): HTMLElement {
  const { t } = app;
  const copy = (label: string, text: () => string) => {
    const button = h('button', { class: 'button', type: 'button' }, label);
    button.addEventListener('click', () => void copyText(app, button, label, text()));
    return button;
  };
  return h(
    'div',
    { class: 'card-actions' },
    copy(t('answer.copyText'), () => answerAsText(app)),
    copy(t('answer.copyLink'), () => window.location.href),
    h(
      'button',
      { class: 'button', type: 'button', on: { click: () => focusGrid(app, grid.code) } },
      t('answer.zoom'),
    ),
  );
}

function candidates(app: App, answer: Located): HTMLElement[] {
  const others = (answer.candidates ?? []).filter(
    ({ compound_id, grid_code }) =>
      grid_code && (compound_id !== answer.compound_id || grid_code !== answer.grid_code),
  );
  if (others.length === 0) return [];
  const list = others.map(other =>
    h(
      'li',
      {},
      h(
        'button',
        { class: 'candidate', type: 'button', on: { click: () => takeCandidate(app, other) } },
        h('b', {}, other.compound_name ?? other.grid_name ?? ''),
        h('span', {}, other.grid_name ?? other.grid_code ?? ''),
      ),
    ),
  );
  return [h('h3', {}, app.t('answer.candidates')), h('ul', { class: 'candidates' }, ...list)];
}
