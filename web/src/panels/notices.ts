/** Bad news in plain words, without taking the page away. */
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';

export function notices(scope: Scope): HTMLElement {
  const { app } = scope;
  const gone = h('p', { class: 'notice error', role: 'alert' }, app.t('error.gone'));
  const text = h('span', {});
  const dismiss = h(
    'button',
    {
      class: 'icon-button',
      type: 'button',
      'aria-label': app.t('error.dismiss'),
      on: { click: () => app.store.set({ notice: null }) },
    },
    icon(ICONS.close),
  );
  const notice = h('p', { class: 'notice', role: 'alert' }, text, dismiss);
  scope.draw(['connection'], ({ connection }) => show(gone, connection === 'lost'));
  scope.draw(['notice'], state => {
    show(notice, state.notice !== null);
    notice.classList.toggle('error', state.notice?.tone === 'error');
    text.textContent = state.notice?.text ?? '';
  });
  return h('div', { class: 'notices' }, gone, notice);
}
