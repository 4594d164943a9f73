/** The plans that were proposed, beside the present one: what each gains and what it costs. */
import { choosePlan, leaveProposal, PRESENT } from '../actions/plans';
import type { Score } from '../api/types';
import { count, percent } from '../format';
import { bandOf } from '../grids';
import type { App, State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';

/** The newest proposals that are listed. */
const LISTED = 24;

export function proposals(scope: Scope): HTMLElement {
  const { app } = scope;
  const element = h('section', { class: 'proposals' });
  scope.draw(['plans', 'plan', 'proposal', 'present', 'dataset'], state => {
    element.hidden = state.plans.length === 0;
    const focused = element.contains(document.activeElement);
    element.replaceChildren(...content(app, state));
    revealChosen(element);
    if (focused) element.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  });
  return element;
}

/** Scrolls the list alone: the page must not jump when plans come in. */
function revealChosen(element: HTMLElement): void {
  const list = element.querySelector<HTMLElement>('.plan-list');
  const chosen = element.querySelector<HTMLElement>('[aria-pressed="true"]');
  if (!list || !chosen) return;
  const top = chosen.offsetTop - list.offsetTop;
  const hidden = top < list.scrollTop || top + chosen.offsetHeight > list.clientHeight;
  if (hidden) list.scrollTop = top - chosen.offsetHeight;
}

function content(app: App, state: Readonly<State>): HTMLElement[] {
  const { plans, present } = state;
  const numbered = plans.map((plan, i) => ({
    id: plan.id,
    name: app.t('balance.planName', { n: i + 1 }),
    score: plan.score,
  }));
  const rows = numbered.slice(-LISTED);
  if (present) {
    rows.unshift({ id: PRESENT, name: app.t('balance.present'), score: present.score });
  }
  const heads = ['balance.proposals', 'balance.worst', 'balance.moved', 'balance.cut'] as const;
  return [
    h(
      'div',
      { class: 'plan-heads', 'aria-hidden': 'true' },
      ...heads.map(key => h('span', {}, app.t(key))),
    ),
    h(
      'ul',
      { class: 'plan-list' },
      ...rows.map(({ id, name, score }) => h('li', {}, planRow(app, state, id, name, score))),
    ),
  ];
}

function planRow(
  app: App,
  state: Readonly<State>,
  id: string,
  name: string,
  score: Score,
): HTMLElement {
  const { t } = app;
  const { lang, dataset } = state;
  const chosen = id === (state.plan ?? PRESENT);
  const worst = `±${percent(score.max_deviation, lang)}`;
  const moved = count(score.households_moved, lang);
  const cut = count(score.cut_edges, lang);
  const off = dataset !== null && bandOf(score.max_deviation, dataset) !== 'within';
  const changed = chosen ? changes(app, state) : null;
  return h(
    'button',
    {
      class: 'plan',
      type: 'button',
      'data-plan': id,
      'aria-pressed': String(chosen),
      'aria-label': t('balance.planRow', { name, worst, moved, cut }),
      on: { click: () => (id === PRESENT ? leaveProposal(app) : void choosePlan(app, id)) },
    },
    h('span', { class: 'plan-name' }, name),
    h('span', { class: off ? 'plan-worst off' : 'plan-worst' }, `${off ? '! ' : ''}${worst}`),
    h('span', { class: 'plan-figure' }, id === PRESENT ? '–' : moved),
    h('span', { class: 'plan-figure' }, cut),
    changed && h('span', { class: 'plan-changed' }, changed),
    !score.contiguous && h('span', { class: 'plan-broken' }, `! ${t('balance.broken')}`),
  );
}

function changes({ t }: App, { proposal, plan, lang }: Readonly<State>): string | null {
  if (!proposal || proposal.plan.id !== plan) return null;
  const { units, compounds } = proposal.diff;
  return t('balance.changed', {
    units: count(units.length, lang),
    compounds: count(compounds.length, lang),
  });
}
