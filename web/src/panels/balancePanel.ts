/** Bars of households, and the search for a better-balanced plan. */
import { cancelProposing, propose } from '../actions/plans';
import type { Job } from '../api/types';
import { count, percent } from '../format';
import type { App, State } from '../state/app';
import { h, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { bars } from './bars';
import { proposals } from './proposals';
import { settings } from './settings';

export function balancePanel(scope: Scope): HTMLElement {
  const { app } = scope;
  const start = h('div', { class: 'propose' });
  const progress = h('div', { class: 'job', 'aria-live': 'polite' });
  const message = h('p', { class: 'job-message', role: 'status' });
  scope.draw(['plans', 'dataset'], state => start.replaceChildren(...startButtons(scope, state)));
  const bar = jobBar(app);
  progress.append(bar.element);
  scope.draw(['job'], state => {
    show(progress, state.job !== null);
    show(start, state.job === null);
    if (state.job) bar.update(state.job, state);
  });
  scope.draw(['jobMessage'], ({ jobMessage }) => {
    message.textContent = jobMessage ?? '';
    show(message, jobMessage !== null);
  });
  return h(
    'div',
    { class: 'panel balance' },
    start,
    progress,
    message,
    proposals(scope),
    bars(scope),
  );
}

function startButtons(scope: Scope, { plans, dataset }: Readonly<State>): HTMLElement[] {
  const { app } = scope;
  if (!dataset) return [];
  if (!dataset.layers.some(({ id }) => id === 'units')) {
    return [h('p', { class: 'muted' }, app.t('balance.noUnits'))];
  }
  return [
    h(
      'button',
      {
        class: 'button primary propose-button',
        type: 'button',
        on: { click: () => void propose(app) },
      },
      app.t(plans.length > 0 ? 'balance.again' : 'balance.propose'),
    ),
    settings(app),
  ];
}

function jobBar(app: App) {
  const { t } = app;
  const meter = h('progress', { max: 1, 'aria-label': t('balance.searching') });
  const best = h('span', { class: 'job-best' });
  const cancel = h(
    'button',
    { class: 'button', type: 'button', on: { click: () => void cancelProposing(app) } },
    t('balance.cancel'),
  );
  const element = h(
    'div',
    { class: 'job-bar' },
    h('b', {}, t('balance.searching')),
    meter,
    h('div', { class: 'job-foot' }, best, cancel),
  );
  const update = (job: Job, { lang }: Readonly<State>) => {
    meter.value = job.progress;
    best.textContent = job.best
      ? t('balance.best', {
          p: percent(job.best.max_deviation, lang),
          cut: count(job.best.cut_edges, lang),
        })
      : '';
  };
  return { element, update };
}
