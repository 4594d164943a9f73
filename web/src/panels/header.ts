/** Title, language, and the four figures that say how things stand. */
import { count, signedPercent } from '../format';
import { bandOf, presentFigures, worstDeviation } from '../grids';
import type { Key, Lang } from '../i18n';
import type { State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';

export function header(scope: Scope): HTMLElement {
  const { app } = scope;
  const title = h('h1', { class: 'title' });
  const note = h('p', { class: 'synthetic' });
  const language = h(
    'button',
    {
      class: 'button quiet language',
      type: 'button',
      title: app.t('app.languageHint'),
      on: { click: () => switchLanguage() },
    },
    app.t('app.language'),
  );
  const switchLanguage = () => {
    const lang: Lang = app.store.get().lang === 'zh' ? 'en' : 'zh';
    app.store.set({ lang });
    document.querySelector<HTMLElement>('.language')?.focus();
  };
  const figures = h('dl', { class: 'figures' });
  scope.draw(['dataset'], ({ dataset, lang }) => {
    const name = (lang === 'zh' ? dataset?.title_zh : dataset?.title) || dataset?.name;
    title.textContent = name ?? app.t('app.loading');
    if (name) document.title = app.t('app.title', { title: name });
    note.textContent = dataset?.synthetic ? app.t('app.synthetic') : '';
    note.hidden = !dataset?.synthetic;
  });
  scope.draw(['dataset', 'collections', 'report'], state => {
    figures.replaceChildren(...figureList(state, app.t));
  });
  return h(
    'header',
    { class: 'header' },
    h('div', { class: 'title-row' }, title, language),
    note,
    figures,
  );
}

function figureList(state: Readonly<State>, t: (key: Key) => string): HTMLElement[] {
  const { dataset, report, lang } = state;
  if (!dataset) return [];
  const worst = worstDeviation(presentFigures(state).values());
  const errors = report?.findings.filter(({ severity }) => severity === 'error').length;
  const off = bandOf(worst, dataset) !== 'within';
  return [
    figure(t('figure.grids'), count(dataset.grids, lang)),
    figure(t('figure.households'), count(dataset.households, lang)),
    figure(t('figure.mean'), count(dataset.mean_households, lang)),
    figure(t('figure.worst'), signedPercent(worst, lang), off ? 'bad' : 'good'),
    figure(
      t('figure.errors'),
      errors === undefined ? '…' : count(errors, lang),
      errors === undefined ? '' : errors > 0 ? 'bad' : 'good',
    ),
  ];
}

function figure(label: string, value: string, tone = ''): HTMLElement {
  return h('div', { class: `figure ${tone}` }, h('dd', {}, value), h('dt', {}, label));
}
