/** Two tabs, by the ARIA pattern: arrows move, the panels are labelled by their tabs. */
import { count } from '../format';
import type { Tab } from '../state/app';
import { h, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { balancePanel } from './balancePanel';
import { checkPanel } from './checkPanel';

const TABS: readonly Tab[] = ['balance', 'check'];

export function tabs(scope: Scope): HTMLElement {
  const { app } = scope;
  const badge = h('span', { class: 'badge' });
  const open = (tab: Tab) => app.store.set({ tab });
  const buttons = TABS.map(tab =>
    h(
      'button',
      {
        id: `tab-${tab}`,
        role: 'tab',
        type: 'button',
        'aria-controls': `panel-${tab}`,
        on: { click: () => open(tab) },
      },
      app.t(`tab.${tab}`),
      tab === 'check' && badge,
    ),
  );
  const list = h(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': app.t('tab.label') },
    ...buttons,
  );
  list.addEventListener('keydown', event => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = TABS.find(tab => tab !== app.store.get().tab);
    if (other) open(other);
    document.getElementById(`tab-${other}`)?.focus();
  });
  const panels: Record<Tab, HTMLElement> = {
    balance: balancePanel(scope),
    check: checkPanel(scope),
  };
  const frames = TABS.map(tab =>
    h(
      'div',
      { id: `panel-${tab}`, class: 'tab-panel', role: 'tabpanel', 'aria-labelledby': `tab-${tab}` },
      panels[tab],
    ),
  );
  scope.draw(['tab'], state => {
    TABS.forEach((tab, i) => {
      const chosen = tab === state.tab;
      buttons[i]?.setAttribute('aria-selected', String(chosen));
      buttons[i]?.setAttribute('tabindex', chosen ? '0' : '-1');
      if (frames[i]) show(frames[i], chosen);
    });
  });
  scope.draw(['report'], ({ report, lang }) => {
    const errors = report?.findings.filter(({ severity }) => severity === 'error').length ?? 0;
    badge.textContent = count(errors, lang);
    show(badge, errors > 0);
  });
  return h('div', { class: 'tab-set' }, list, ...frames);
}
