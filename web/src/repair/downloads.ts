/** The repaired layers and the plan to take away, and the command that writes everything. */
import type { LayerChange } from '../api/types';
import { copyText } from '../panels/copy';
import type { App, State } from '../state/app';
import { h } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { commandOf } from './choices';
import { layerTitle } from './names';

export function downloads(scope: Scope): HTMLElement {
  const element = h('div', {});
  scope.draw(['repairing', 'repair', 'dataset'], state => {
    element.replaceChildren(...content(scope.app, state));
  });
  return element;
}

function content(app: App, state: Readonly<State>): HTMLElement[] {
  const { t } = app;
  const { repairing, repair, dataset } = state;
  const { answer } = repairing;
  if (!answer || !repair || !dataset) return [];
  const { plan, layers } = answer;
  const rows = plan.layers.map(change =>
    h(
      'li',
      {},
      h('b', {}, layerTitle(state, change.layer)),
      h('span', {}, inWords(app, change)),
      save(
        t('repair.save'),
        `${dataset.name}-${change.layer}-repaired.geojson`,
        layers[change.layer],
      ),
    ),
  );
  const command = commandOf(repair, dataset);
  const copy = h('button', { class: 'button', type: 'button' }, t('repair.copy'));
  copy.addEventListener('click', () => void copyText(app, copy, t('repair.copy'), command));
  return [
    h('ul', { class: 'repair-files' }, ...rows),
    h('p', {}, save(t('repair.savePlan'), `${dataset.name}-repair-plan.json`, plan)),
    h('p', { class: 'muted' }, t('repair.command')),
    h('p', { class: 'repair-command' }, h('code', {}, command), copy),
  ];
}

function inWords({ t }: App, change: LayerChange): string {
  const parts = [
    [change.changed.length, 'repair.changed'],
    [change.added.length, 'repair.added'],
    [change.removed.length, 'repair.removed'],
    [change.corners_inserted, 'repair.corners'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, key]) => t(key, { n }))
    .join(' · ');
}

function save(label: string, file: string, content: unknown): HTMLElement {
  const start = () => {
    const url = URL.createObjectURL(
      new Blob([JSON.stringify(content)], { type: 'application/geo+json' }),
    );
    const link = h('a', { href: url, download: file });
    link.click();
    // The browser has taken the file by the next turn of the loop.
    window.setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return h('button', { class: 'button', type: 'button', on: { click: start } }, label);
}
