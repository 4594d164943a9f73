/** What the plan comes to, in one line of large figures. */
import { count } from '../format';
import { languageButton } from '../panels/header';
import type { App, State } from '../state/app';
import { h, ICONS, icon } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { leaveRepair } from './actions';
import { GROUP_SIGNS, GROUPS, itemsOf, totals } from './items';

export function head(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const lead = h('p', { class: 'repair-lead', role: 'status' });
  const figures = h('dl', { class: 'repair-figures' });
  scope.draw(['repairing', 'dataset'], state => {
    lead.textContent = leadOf(app, state);
    lead.classList.toggle('bad', state.repairing.fault !== null);
    figures.replaceChildren(...figuresOf(app, state));
    figures.classList.toggle('stale', state.repairing.busy);
  });
  return h(
    'header',
    { class: 'repair-head' },
    h(
      'div',
      { class: 'repair-words' },
      h('h2', { id: 'repair-title', tabindex: '-1' }, t('repair.title')),
      lead,
    ),
    figures,
    languageButton(scope),
    h(
      'button',
      {
        class: 'button repair-close',
        type: 'button',
        title: t('repair.leaveHint'),
        on: { click: () => leaveRepair(app) },
      },
      icon(ICONS.close),
      t('repair.leave'),
    ),
  );
}

function leadOf({ t }: App, { repairing, lang }: Readonly<State>): string {
  const { answer, busy, fault } = repairing;
  if (fault !== null) return t('repair.failed', { detail: fault });
  if (busy || !answer) return t('repair.planning');
  const { grids, layers } = answer.plan;
  if (layers.length === 0) return t('repair.nothing');
  const changed = grids.filter(grid => grid.changed).length;
  const features = layers
    .filter(({ layer }) => layer !== 'grids')
    .reduce((n, layer) => n + layer.changed.length + layer.added.length + layer.removed.length, 0);
  return t('repair.lead', { grids: count(changed, lang), features: count(features, lang) });
}

function figuresOf({ t }: App, { repairing, lang }: Readonly<State>): HTMLElement[] {
  const plan = repairing.answer?.plan;
  if (!plan) return [];
  const items = itemsOf(plan);
  const { before, after } = totals(plan);
  const parts = GROUPS.map(group => {
    const n = items.filter(item => item.group === group).length;
    return figure(`mark ${group}`, GROUP_SIGNS[group], count(n, lang), t(`repair.short.${group}`));
  });
  const change = `${count(before, lang)} → ${count(after, lang)}`;
  return [...parts, figure('', '', change, t('repair.findingsChange'))];
}

function figure(kind: string, sign: string, value: string, label: string): HTMLElement {
  return h(
    'div',
    { class: 'repair-figure' },
    h('dt', {}, label),
    h('dd', {}, sign && h('span', { class: kind, 'aria-hidden': 'true' }, sign), value),
  );
}
