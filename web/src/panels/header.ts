/** Title, language, and the four figures that say how things stand. */
import { count, signedPercent } from '../format';
import { bandOf, presentFigures, worstDeviation } from '../grids';
import { HTML_LANG, type Key, type Lang } from '../i18n';
import type { State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';

export function header(scope: Scope): HTMLElement {
  const { app } = scope;
  const title = h('h1', { class: 'title' });
  const note = h('p', { class: 'synthetic' });
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
    h('div', { class: 'title-row' }, title, languageButton(scope)),
    note,
    figures,
  );
}

export function languageButton({ app }: Scope): HTMLElement {
  const other: Lang = app.store.get().lang === 'zh' ? 'en' : 'zh';
  const change = (event: Event) => {
    // The page is built anew: the new button of the same place gets the focus.
    const place = (event.target as HTMLElement).closest('.repair')
      ? '.repair .language'
      : '.language';
    app.store.set({ lang: other });
    document.querySelector<HTMLElement>(place)?.focus();
  };
  return h(
    'button',
    {
      class: 'button quiet language',
      type: 'button',
      title: app.t('app.languageHint'),
      lang: HTML_LANG[other],
      on: { click: change },
    },
    app.t('app.language'),
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
