/** The names that were proposed, for the planner to accept or refuse; shown once there are any. */
import { decideName, inOrder } from '../actions/names';
import type { NameProposal } from '../api/types';
import type { App } from '../state/app';
import { h, show } from '../ui/dom';
import type { Scope } from '../ui/scope';

/** The newest that are listed. */
const LISTED = 50;

export function namesPanel(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const list = h('ul', { class: 'name-list' });
  const title = h('summary', {});
  const download = h(
    'a',
    { class: 'button', href: '/api/suggest/proposals?format=csv&status=accepted', download: '' },
    t('names.download'),
  );
  const element = h('details', { class: 'names-panel' }, title, list, download);
  scope.draw(['names'], ({ names }) => {
    show(element, names.length > 0);
    const open = names.filter(({ status }) => status === 'open').length;
    title.textContent = t('names.title', { n: open });
    show(
      download,
      names.some(({ status }) => status === 'accepted'),
    );
    list.replaceChildren(
      ...inOrder(names)
        .slice(0, LISTED)
        .map(one => row(app, one)),
    );
  });
  return element;
}

function row(app: App, proposal: NameProposal): HTMLElement {
  const { t } = app;
  const { status, change, place, name, others } = proposal;
  const decide = (to: 'accepted' | 'refused') =>
    h(
      'button',
      {
        class: 'button',
        type: 'button',
        'aria-pressed': String(status === to),
        'aria-label': `${t(`names.${to}`)}: ${place} → ${name}`,
        on: { click: () => void decideName(app, proposal, to) },
      },
      t(`names.${to}`),
    );
  return h(
    'li',
    { class: `name-proposal ${status}`, 'data-proposal': proposal.id },
    h('span', { class: 'kind' }, t(`names.${change}`)),
    h('span', {}, `${place} → ${name}`),
    others.length > 0 &&
      h('span', { class: 'name-others' }, t('names.others', { places: others.join('、') })),
    h('span', { class: 'name-buttons' }, decide('accepted'), decide('refused')),
  );
}
