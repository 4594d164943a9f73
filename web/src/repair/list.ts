/** The mends in plain words, in groups; one is open at a time, and on both maps. */
import type { Mend, Refusal } from '../api/types';
import { count, sentence, squareMetres } from '../format';
import { presentFigures } from '../grids';
import { maybeKey } from '../i18n';
import type { App, State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { choose, openItem } from './actions';
import { withMember } from './choices';
import {
  GROUP_SIGNS,
  GROUPS,
  type Group,
  type Item,
  itemsOf,
  limitsFor,
  withNames,
  withoutKeys,
} from './items';
import { gridName, layerTitle } from './names';

/** More of a group are shown when asked for. */
const MOST_LISTED = 200;

export function itemList(scope: Scope): HTMLElement {
  const { app } = scope;
  const list = h('div', {
    class: 'mends',
    role: 'region',
    tabindex: '-1',
    'aria-label': app.t('repair.list'),
  });
  const whole = new Set<Group>();
  let drawn: unknown = null;
  const draw = (state: Readonly<State>) => {
    const { answer, busy } = state.repairing;
    list.classList.toggle('stale', busy);
    if (answer !== drawn) {
      drawn = answer;
      const hadFocus = list.contains(document.activeElement);
      list.replaceChildren(...groups(app, state, whole, () => redraw()));
      // The keyboard stays in the list, whatever has become of the button that was pressed.
      if (hadFocus) list.focus({ preventScroll: true });
    }
    markOpen(app, list, state);
  };
  const redraw = () => {
    drawn = null;
    draw(app.store.get());
  };
  scope.draw(['repairing'], draw);
  list.addEventListener('keydown', event => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    if (step === null) return;
    event.preventDefault();
    const heads = [...list.querySelectorAll<HTMLElement>('.mend-head')];
    const at = heads.indexOf(document.activeElement as HTMLElement);
    heads[Math.min(Math.max(at + step, 0), heads.length - 1)]?.focus();
  });
  return list;
}

function groups(
  app: App,
  state: Readonly<State>,
  whole: Set<Group>,
  redraw: () => void,
): HTMLElement[] {
  const { answer } = state.repairing;
  if (!answer) return [];
  const items = itemsOf(answer.plan);
  if (items.length === 0) return [h('p', { class: 'repair-clean' }, app.t('repair.nothing'))];
  return GROUPS.flatMap(group => {
    const own = items.filter(item => item.group === group);
    if (own.length === 0) return [];
    const shown = whole.has(group) ? own : own.slice(0, MOST_LISTED);
    const more = own.length - shown.length;
    const showAll = () => {
      whole.add(group);
      redraw();
    };
    return [
      h(
        'h3',
        { class: 'mend-group' },
        h('span', { class: `mark ${group}`, 'aria-hidden': 'true' }, GROUP_SIGNS[group]),
        `${app.t(`repair.group.${group}`)} `,
        h('b', {}, count(own.length, state.lang)),
      ),
      h('p', { class: 'mend-hint' }, app.t(`repair.hint.${group}`)),
      h('ul', {}, ...shown.map(item => row(app, item, state))),
      ...(more > 0
        ? [
            h(
              'button',
              { class: 'button', type: 'button', on: { click: showAll } },
              app.t('repair.more', { n: count(more, state.lang) }),
            ),
          ]
        : []),
    ];
  });
}

function row(app: App, item: Item, state: Readonly<State>): HTMLElement {
  const { mend } = item;
  const { lang } = state;
  const kind = item.group === 'left' ? `rule.${mend.rule}` : `repair.kind.${item.mend.kind}`;
  const title = maybeKey(kind);
  const open = () => openItem(app, app.store.get().repairing.item === item.key ? null : item.key);
  const size = [
    mend.area_m2 ? squareMetres(mend.area_m2, lang) : '',
    mend.households > 0 ? app.t('grid.householdsLabel', { n: count(mend.households, lang) }) : '',
  ].filter(Boolean);
  return h(
    'li',
    { class: `entry mend ${item.group}`, 'data-key': item.key },
    h(
      'button',
      {
        class: 'entry-head mend-head',
        type: 'button',
        'aria-expanded': 'false',
        on: { click: open },
      },
      h('span', { class: `mark ${item.group}` }, `${GROUP_SIGNS[item.group]}${item.number}`),
      h(
        'span',
        { class: 'entry-words' },
        h(
          'span',
          { class: 'entry-title' },
          h('b', {}, title ? app.t(title) : kind.replace(/^\w+\./, '')),
          h('small', {}, [layerTitle(state, mend.layer), ...size].join(' · ')),
        ),
        h('span', {}, named(state, lang === 'zh' ? mend.message_zh : mend.message, mend)),
      ),
    ),
  );
}

function plain(text: string, mend: Mend | Refusal): string {
  return withoutKeys(text, mend.features);
}

/** In a title grids go by their names; their codes are told below. */
function named(state: Readonly<State>, text: string, mend: Mend | Refusal): string {
  return withNames(sentence(plain(text, mend), mend.features, state.lang), presentFigures(state));
}

function markOpen(app: App, list: HTMLElement, state: Readonly<State>): void {
  const { answer, item: open } = state.repairing;
  const items = new Map((answer ? itemsOf(answer.plan) : []).map(item => [item.key, item]));
  for (const element of list.querySelectorAll<HTMLElement>('.mend')) {
    const isOpen = element.dataset.key === open;
    if (isOpen === element.classList.contains('open')) continue;
    element.classList.toggle('open', isOpen);
    element.querySelector('.mend-head')?.setAttribute('aria-expanded', String(isOpen));
    element.querySelector('.mend-detail')?.remove();
    const item = items.get(element.dataset.key ?? '');
    if (!isOpen || !item) continue;
    element.append(detail(app, item, state));
    element.scrollIntoView({ block: 'nearest' });
  }
}

function detail(app: App, item: Item, state: Readonly<State>): HTMLElement {
  const { t } = app;
  const { lang, collections } = state;
  const { mend } = item;
  const say = (english: string, chinese: string) =>
    sentence(plain(lang === 'zh' ? chinese : english, mend), mend.features, lang);
  const rows: [string, string][] = [[t('repair.why'), say(mend.why, mend.why_zh)]];
  if (item.group === 'left') {
    rows.push([t('repair.advice'), say(item.mend.advice, item.mend.advice_zh)]);
  }
  if (mend.compounds.length > 0) {
    const names = new Map(
      collections.compounds?.features.map(({ properties }) => [properties.id, properties.name]),
    );
    rows.push([
      t('repair.compounds'),
      mend.compounds.map(id => names.get(id) ?? id).join(lang === 'zh' ? '、' : ', '),
    ]);
  }
  if (mend.features.length > 0) rows.push([t('check.objects'), mend.features.join(', ')]);
  return h(
    'div',
    { class: 'entry-detail mend-detail' },
    h('dl', {}, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    h('div', { class: 'mend-choices' }, ...choicesOf(app, item, state)),
  );
}

/** What a planner can choose otherwise about an item. */
function choicesOf(app: App, item: Item, state: Readonly<State>): HTMLElement[] {
  const { t } = app;
  const button = (label: string, act: () => void) =>
    h('button', { class: 'button', type: 'button', on: { click: act } }, label);
  const { mend } = item;
  if (item.group === 'left') return answersTo(app, item.mend, state, button);
  if (mend.layer === 'grids') {
    const codes = new Set(state.repairing.answer?.plan.grids.map(({ code }) => code));
    return mend.features
      .filter(code => codes.has(code))
      .map(code =>
        button(t('repair.lockGrid', { grid: gridName(state, code) }), () =>
          choose(app, now => ({ ...now, lock: withMember(now.lock, code, true) })),
        ),
      );
  }
  const layer = layerTitle(state, mend.layer);
  return [
    button(t('repair.skipLayer', { layer }), () =>
      choose(app, now => ({ ...now, skip: withMember(now.skip, mend.layer, true) })),
    ),
  ];
}

function answersTo(
  app: App,
  refusal: Refusal,
  state: Readonly<State>,
  button: (label: string, act: () => void) => HTMLElement,
): HTMLElement[] {
  const { t } = app;
  const { repair, repairing } = state;
  if (refusal.reason === 'locked') {
    return refusal.features
      .filter(code => repair?.lock.has(code))
      .map(code =>
        button(t('repair.unlockGrid', { grid: gridName(state, code) }), () =>
          choose(app, now => ({ ...now, lock: withMember(now.lock, code, false) })),
        ),
      );
  }
  if (refusal.reason !== 'too_large' || !repairing.answer) return [];
  const limits = refusal.layer === 'grids' ? limitsFor(refusal, repairing.answer.plan) : null;
  return [
    button(t(limits ? 'repair.allow' : 'repair.allowAll'), () =>
      choose(app, now => ({ ...now, ...(limits ?? { force: true }) })),
    ),
  ];
}
