/** The tool in words: which grid and vertex, how they move, and what that would break and mend. */
import type { Finding } from '../api/types';
import { metres, sentence } from '../format';
import { presentFigures } from '../grids';
import { maybeKey } from '../i18n';
import { SEVERITY_SIGNS } from '../panels/checkPanel';
import type { App, State } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import {
  dragTo,
  leaveBorder,
  loadedAreas,
  nextVertex,
  openBorder,
  pickGridByName,
  resetOrLeave,
  setTogether,
} from './actions';
import { type Border, handles, movedBy } from './session';
import { offset } from './shapes';

/** More findings than these would hide the map. */
const MOST_LISTED = 40;
/** Metres that an arrow key moves a vertex: plain, with Shift, with Alt. */
const STEPS = { plain: 1, shift: 10, alt: 0.1 } as const;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

/** The button that opens the tool. */
export function borderButton(scope: Scope): HTMLElement {
  const { app } = scope;
  const button = h(
    'button',
    {
      class: 'button border-open',
      type: 'button',
      on: { click: () => (app.store.get().border ? leaveBorder(app) : openBorder(app)) },
    },
    app.t('border.open'),
  );
  scope.draw(['border', 'mapError'], ({ border, mapError }) => {
    button.setAttribute('aria-pressed', String(border !== null));
    show(button, mapError === null);
  });
  return button;
}

export function borderPanel(scope: Scope): HTMLElement {
  const { app } = scope;
  const { t } = app;
  const grids = h('select', {
    'aria-label': t('border.grid'),
    on: {
      change: event => pickGridByName(app, (event.target as HTMLSelectElement).value || null),
    },
  });
  const together = h('input', {
    type: 'checkbox',
    on: { change: event => setTogether(app, (event.target as HTMLInputElement).checked) },
  });
  const pad = vertexPad(app);
  const reset = h(
    'button',
    { type: 'button', class: 'border-reset', on: { click: () => resetOrLeave(app) } },
    t('border.reset'),
  );
  const verdict = h('p', { class: 'border-verdict', 'aria-live': 'polite' });
  const list = h('div', { class: 'border-list' });
  const panel = h(
    'section',
    { class: 'border-panel', 'aria-label': t('border.title') },
    h(
      'button',
      {
        class: 'icon-button border-close',
        type: 'button',
        'aria-label': t('border.leave'),
        on: { click: () => leaveBorder(app) },
      },
      icon(ICONS.close),
    ),
    h('h2', {}, t('border.title')),
    h('p', { class: 'muted' }, t('border.hint')),
    h('label', { class: 'border-row' }, h('span', {}, t('border.grid')), grids),
    pad.element,
    h('label', { class: 'border-row' }, together, h('span', {}, t('border.together'))),
    verdict,
    list,
    h('p', { class: 'border-end' }, reset, h('small', {}, t('border.unsaved'))),
  );
  scope.draw(['collections', 'dataset', 'border'], state => {
    fillGrids(grids, app, state);
  });
  scope.draw(['border'], ({ border, lang }) => {
    show(panel, border !== null);
    if (!border) return;
    together.checked = border.together;
    reset.disabled = border.moved.size === 0;
    pad.draw(border);
    verdict.replaceChildren(...verdictOf(app, border, lang));
    list.replaceChildren(...listOf(app, border, lang));
  });
  return panel;
}

function fillGrids(select: HTMLSelectElement, app: App, state: Readonly<State>): void {
  const figures = [...presentFigures(state).values()];
  if (select.options.length !== figures.length + 1) {
    select.replaceChildren(
      h('option', { value: '' }, app.t('border.choose')),
      ...figures.map(grid => h('option', { value: grid.code }, `${grid.number}  ${grid.name}`)),
    );
  }
  select.value = state.border?.grid ?? '';
}

/** Chooses vertices and moves the chosen one by keys. */
function vertexPad(app: App): { element: HTMLElement; draw(border: Border): void } {
  const { t } = app;
  const words = h('span', {});
  const step = (way: 1 | -1, label: string, path: string) =>
    h(
      'button',
      {
        class: 'icon-button',
        type: 'button',
        'aria-label': label,
        title: label,
        on: { click: () => nextVertex(app, way) },
      },
      icon(path),
    );
  const pad = h(
    'div',
    {
      class: 'border-pad',
      tabindex: '0',
      role: 'group',
      'aria-label': t('border.pad'),
      'aria-keyshortcuts': 'ArrowUp ArrowDown ArrowLeft ArrowRight',
    },
    words,
  );
  pad.addEventListener('keydown', event => {
    const arrow = ARROWS[event.key];
    const { border } = app.store.get();
    if (!arrow || !border?.vertex || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const metresEach = event.shiftKey ? STEPS.shift : event.altKey ? STEPS.alt : STEPS.plain;
    dragTo(app, offset(border.vertex, arrow[0] * metresEach, arrow[1] * metresEach));
  });
  const element = h(
    'div',
    { class: 'border-row' },
    step(-1, t('border.previous'), ICONS.previous),
    pad,
    step(1, t('border.next'), ICONS.next),
  );
  return {
    element,
    draw(border) {
      show(element, border.grid !== null);
      const all = handles(border, loadedAreas(app));
      const at = all.findIndex(
        ([lon, lat]) => lon === border.vertex?.[0] && lat === border.vertex[1],
      );
      const { lang } = app.store.get();
      words.textContent =
        at < 0
          ? t('border.vertices', { n: all.length })
          : t('border.vertex', { i: at + 1, n: all.length, d: metres(movedBy(border), lang) });
    },
  };
}

function verdictOf(app: App, border: Border, lang: State['lang']): (Node | string)[] {
  const { preview, fault, moved } = border;
  if (fault) return [h('span', { class: 'bad' }, fault)];
  if (moved.size === 0 || !preview) return [];
  const { findings, resolved } = preview;
  const words =
    findings.length === 0 && resolved.length === 0
      ? app.t('border.same')
      : app.t('border.verdict', { found: findings.length, resolved: resolved.length });
  const time = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(preview.elapsed_ms);
  return [
    h('b', { class: findings.length > 0 ? 'bad' : 'good' }, words),
    ' ',
    h('small', {}, app.t('border.time', { ms: time })),
  ];
}

function listOf(app: App, border: Border, lang: State['lang']): HTMLElement[] {
  if (border.moved.size === 0 || !border.preview) return [];
  const { findings, resolved, unchanged } = border.preview;
  const group = (title: string, all: Finding[], kind: string) =>
    all.length === 0
      ? []
      : [
          h('h3', { class: 'group' }, title),
          h(
            'ul',
            { class: `border-findings ${kind}` },
            ...all.slice(0, MOST_LISTED).map(finding => row(app, finding, lang)),
          ),
          ...(all.length > MOST_LISTED
            ? [h('p', { class: 'muted' }, app.t('border.more', { n: all.length - MOST_LISTED }))]
            : []),
        ];
  return [
    ...group(app.t('border.found'), findings, 'found'),
    ...group(app.t('border.resolved'), resolved, 'resolved'),
    ...group(app.t('border.unchanged'), unchanged, 'unchanged'),
  ];
}

function row({ t }: App, finding: Finding, lang: State['lang']): HTMLElement {
  const rule = maybeKey(`rule.${finding.rule}`);
  return h(
    'li',
    {},
    h(
      'span',
      { class: `sign ${finding.severity}`, 'aria-hidden': 'true' },
      SEVERITY_SIGNS[finding.severity],
    ),
    h(
      'span',
      { class: 'border-words' },
      h('b', {}, rule ? t(rule) : finding.rule),
      h(
        'span',
        {},
        sentence(lang === 'zh' ? finding.message_zh : finding.message, finding.features, lang),
      ),
    ),
  );
}
