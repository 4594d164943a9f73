/** Which layers may change, which grids stay, and how much may be done without being asked. */
import { presentFigures } from '../grids';
import type { App, State } from '../state/app';
import { h, ICONS, icon } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { choose } from './actions';
import { type Choices, repairable, USUAL, withMember } from './choices';
import { gridName, layerTitle } from './names';

export function options(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const chips = h('div', { class: 'repair-chips' });
  const fields = h('div', { class: 'repair-fields' });
  const element = h(
    'details',
    { class: 'repair-options' },
    h('summary', {}, t('repair.options')),
    fields,
  );
  let drawn: unknown[] = [];
  scope.draw(['repair', 'repairing', 'dataset', 'collections'], state => {
    const { repair, repairing, dataset, collections } = state;
    const now = [repair, repairing.answer, dataset, collections.grids];
    if (now.every((part, i) => part === drawn[i]) || !repair) return;
    drawn = now;
    chips.replaceChildren(...chosen(app, repair, state));
    keepingFocus(fields, () => fields.replaceChildren(...fieldsOf(app, repair, state)));
  });
  return h('div', { class: 'repair-choose' }, element, chips);
}

/** Fields are made anew after a choice; the keyboard stays where it was. */
function keepingFocus(parent: HTMLElement, rebuild: () => void): void {
  const at = [...parent.querySelectorAll('input, select')].indexOf(
    document.activeElement as HTMLElement,
  );
  rebuild();
  if (at >= 0) parent.querySelectorAll<HTMLElement>('input, select')[at]?.focus();
}

/** What differs from the usual; a press takes it back. */
function chosen(app: App, repair: Choices, state: Readonly<State>): HTMLElement[] {
  const { t } = app;
  const chip = (words: string, back: (now: Choices) => Choices) =>
    h(
      'button',
      {
        class: 'repair-chip',
        type: 'button',
        title: t('repair.takeBack'),
        on: { click: () => choose(app, back) },
      },
      words,
      icon(ICONS.close),
    );
  const chips = [
    ...[...repair.lock].map(code =>
      chip(t('repair.locked', { grid: gridName(state, code) }), now => ({
        ...now,
        lock: withMember(now.lock, code, false),
      })),
    ),
    ...[...repair.skip].map(layer =>
      chip(t('repair.skipped', { layer: layerTitle(state, layer) }), now => ({
        ...now,
        skip: withMember(now.skip, layer, false),
      })),
    ),
  ];
  const { maxShare, maxHouseholds, force } = repair;
  if (force) chips.push(chip(t('repair.forced'), now => ({ ...now, force: false })));
  else if (maxShare !== null || maxHouseholds !== null) {
    chips.push(
      chip(t('repair.limitsChanged'), now => ({ ...now, maxShare: null, maxHouseholds: null })),
    );
  }
  if (chips.length > 1) {
    chips.push(
      h(
        'button',
        { class: 'button quiet', type: 'button', on: { click: () => choose(app, () => USUAL) } },
        t('repair.takeAllBack'),
      ),
    );
  }
  return chips;
}

function fieldsOf(app: App, repair: Choices, state: Readonly<State>): HTMLElement[] {
  return [
    layerBoxes(app, repair, state),
    lockField(app, repair, state),
    limits(app, repair, state),
  ];
}

function layerBoxes(app: App, repair: Choices, state: Readonly<State>): HTMLElement {
  const box = (layer: string) =>
    h(
      'label',
      {},
      h('input', {
        type: 'checkbox',
        checked: !repair.skip.has(layer),
        on: {
          change: event => {
            const held = !(event.target as HTMLInputElement).checked;
            choose(app, now => ({ ...now, skip: withMember(now.skip, layer, held) }));
          },
        },
      }),
      layerTitle(state, layer),
    );
  return h(
    'fieldset',
    {},
    h('legend', {}, app.t('repair.layersMay')),
    ...(state.dataset ? repairable(state.dataset).map(box) : []),
  );
}

function lockField(app: App, repair: Choices, state: Readonly<State>): HTMLElement {
  const free = [...presentFigures(state).values()].filter(({ code }) => !repair.lock.has(code));
  return h(
    'label',
    { class: 'repair-lock' },
    h('span', {}, app.t('repair.lock')),
    h(
      'select',
      {
        on: {
          change: event => {
            const code = (event.target as HTMLSelectElement).value;
            if (code) choose(app, now => ({ ...now, lock: withMember(now.lock, code, true) }));
          },
        },
      },
      h('option', { value: '' }, app.t('repair.lockChoose')),
      ...free.map(grid => h('option', { value: grid.code }, `${grid.number}  ${grid.name}`)),
    ),
  );
}

function limits(app: App, repair: Choices, state: Readonly<State>): HTMLElement {
  const { t } = app;
  const plan = state.repairing.answer?.plan;
  const number = (value: number | null | undefined, most: number, set: (value: number) => void) =>
    h('input', {
      type: 'number',
      min: 0,
      max: most,
      step: 'any',
      value: value ?? '',
      disabled: repair.force,
      on: {
        change: event => {
          const { valueAsNumber, validity } = event.target as HTMLInputElement;
          if (validity.valid && Number.isFinite(valueAsNumber)) set(valueAsNumber);
        },
      },
    });
  const share = repair.maxShare ?? plan?.max_share;
  return h(
    'fieldset',
    {},
    h('legend', {}, t('repair.limits')),
    h(
      'label',
      {},
      h('span', {}, t('repair.maxShare')),
      number(share == null ? null : Math.round(share * 1e4) / 100, 100, value =>
        choose(app, now => ({ ...now, maxShare: value / 100 })),
      ),
    ),
    h(
      'label',
      {},
      h('span', {}, t('repair.maxHouseholds')),
      number(repair.maxHouseholds ?? plan?.max_households, 1e9, value =>
        choose(app, now => ({ ...now, maxHouseholds: Math.floor(value) })),
      ),
    ),
    h(
      'label',
      {},
      h('input', {
        type: 'checkbox',
        checked: repair.force,
        on: {
          change: event => {
            const force = (event.target as HTMLInputElement).checked;
            choose(app, now => ({ ...now, force }));
          },
        },
      }),
      t('repair.force'),
    ),
  );
}
