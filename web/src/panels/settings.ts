/** What the search for a plan is told: the band, how much to keep, and the seed. */
import type { App, BalanceSettings } from '../state/app';
import { h } from '../ui/dom';

const LARGEST_PERCENT = 50;

export function settings(app: App): HTMLElement {
  const { t, store } = app;
  const { maxDeviation, seed, keep } = store.get().settings;
  const change = (patch: Partial<BalanceSettings>) =>
    store.set({ settings: { ...store.get().settings, ...patch } });
  const deviation = h('input', {
    id: 'max-deviation',
    type: 'number',
    min: 1,
    max: LARGEST_PERCENT,
    step: 'any',
    value: String(Math.round(maxDeviation * 1000) / 10),
    on: {
      change: () => {
        const percent = Math.min(Math.max(deviation.valueAsNumber || 10, 1), LARGEST_PERCENT);
        deviation.value = String(percent);
        change({ maxDeviation: percent / 100 });
      },
    },
  });
  const seedInput = h('input', {
    id: 'seed',
    type: 'number',
    min: 0,
    step: 1,
    placeholder: t('balance.seedAuto'),
    value: seed === null ? null : String(seed),
    on: {
      change: () => {
        const whole = Math.trunc(seedInput.valueAsNumber);
        change({ seed: Number.isFinite(whole) && whole >= 0 ? whole : null });
      },
    },
  });
  const keepInput = h('input', {
    id: 'keep',
    type: 'range',
    min: 0,
    max: 1,
    step: 0.1,
    value: String(keep),
    on: { input: () => change({ keep: keepInput.valueAsNumber }) },
  });
  return h(
    'details',
    { class: 'settings' },
    h('summary', {}, t('balance.settings')),
    h('label', { for: 'max-deviation' }, t('balance.maxDeviation')),
    deviation,
    h('label', { for: 'keep' }, t('balance.keep')),
    h(
      'div',
      { class: 'range' },
      h('span', {}, t('balance.keepLow')),
      keepInput,
      h('span', {}, t('balance.keepHigh')),
    ),
    h('label', { for: 'seed' }, t('balance.seed')),
    seedInput,
  );
}
