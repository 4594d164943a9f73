/** What is wrong: the nets, and the findings by severity; one is open at a time and on the map. */
import {
  type Listed,
  listedFindings,
  openFinding,
  SEVERITIES,
  stepFinding,
} from '../actions/findings';
import type { Finding, Severity } from '../api/types';
import { borderButton } from '../border/panel';
import { count, metres, percent, sentence, signedPercent, squareMetres } from '../format';
import { type Lang, maybeKey } from '../i18n';
import { openRepair } from '../repair/actions';
import type { App, State } from '../state/app';
import { h, ICONS, icon, show } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { netsSummary } from './nets';
import { reportLinks } from './reportLinks';

/** A shape of its own for each severity, besides the colour. */
export const SEVERITY_SIGNS: Record<Severity, string> = { error: '✕', warning: '!', info: 'i' };

export function checkPanel(scope: Scope): HTMLElement {
  const { app } = scope;
  const nets = h('div', {});
  const filter = h('div', { class: 'chips', role: 'group', 'aria-label': app.t('check.filter') });
  const stepper = h('div', { class: 'stepper' });
  const list = h('div', { class: 'findings' });
  scope.draw(['report', 'dataset'], state => nets.replaceChildren(...netsSummary(app, state)));
  scope.draw(['report', 'severities'], state => {
    keepingFocus(filter, () => filter.replaceChildren(...chips(app, state)));
    list.replaceChildren(...groups(app, state));
    markOpen(app, list, state);
  });
  scope.draw(['finding'], state => markOpen(app, list, state));
  scope.draw(['finding', 'report', 'severities'], state => {
    keepingFocus(stepper, () => stepper.replaceChildren(...stepButtons(app, state)));
  });
  list.addEventListener('keydown', event => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    if (step === null) return;
    event.preventDefault();
    moveFocus(list, step);
  });
  return h(
    'div',
    { class: 'panel check' },
    h('p', { class: 'check-tools' }, repairButton(scope), borderButton(scope)),
    reportLinks(scope),
    nets,
    h(
      'div',
      { class: 'check-bar' },
      h('h3', { class: 'group' }, app.t('check.list')),
      stepper,
      filter,
    ),
    list,
  );
}

function repairButton(scope: Scope): HTMLElement {
  const { app } = scope;
  const button = h(
    'button',
    {
      class: 'button primary repair-open',
      type: 'button',
      on: { click: () => void openRepair(app) },
    },
    app.t('repair.open'),
  );
  scope.draw(['dataset'], ({ dataset }) => show(button, (dataset?.grids ?? 0) > 0));
  return button;
}

/** Rules whose findings a repair mends, or lists with what people can do. */
const REPAIRED = /^(coverage|geometry|net)\.|^(compound\.split|grid\.crosses_community)$/;

function repairLink(app: App, finding: Finding): HTMLElement | false {
  if (!REPAIRED.test(finding.rule)) return false;
  return h(
    'button',
    { class: 'button', type: 'button', on: { click: () => void openRepair(app, finding) } },
    app.t('repair.openThis'),
  );
}

/** Rebuilding buttons must not throw the keyboard's user out: the one at the same place gets it. */
function keepingFocus(parent: HTMLElement, rebuild: () => void): void {
  const before = [...parent.querySelectorAll('button')].indexOf(
    document.activeElement as HTMLButtonElement,
  );
  rebuild();
  if (before >= 0) parent.querySelectorAll('button')[before]?.focus();
}

function chips(app: App, { report, severities, lang }: Readonly<State>): HTMLElement[] {
  if (!report) return [];
  return SEVERITIES.flatMap(severity => {
    const n = report.findings.filter(finding => finding.severity === severity).length;
    if (n === 0) return [];
    const toggle = () => {
      const kept = new Set(severities);
      if (!kept.delete(severity)) kept.add(severity);
      app.store.set({ severities: kept });
    };
    return h(
      'button',
      {
        class: `chip ${severity}`,
        type: 'button',
        'aria-pressed': String(severities.has(severity)),
        on: { click: toggle },
      },
      sign(severity),
      `${app.t(`severity.${severity}`)} `,
      h('b', {}, count(n, lang)),
    );
  });
}

function sign(severity: Severity): HTMLElement {
  return h('span', { class: `sign ${severity}`, 'aria-hidden': 'true' }, SEVERITY_SIGNS[severity]);
}

function stepButtons(app: App, state: Readonly<State>): HTMLElement[] {
  const listed = listedFindings(state);
  if (listed.length === 0) return [];
  const at = listed.findIndex(({ key }) => key === state.finding);
  const button = (step: 1 | -1, label: string, path: string) =>
    h(
      'button',
      {
        class: 'icon-button',
        type: 'button',
        'aria-label': label,
        title: `${label} · ${app.t('check.keys')}`,
        on: { click: () => stepFinding(app, step) },
      },
      icon(path),
    );
  return [
    h(
      'span',
      { class: 'position' },
      at < 0 ? '' : app.t('check.position', { i: at + 1, n: listed.length }),
    ),
    button(-1, app.t('check.previous'), ICONS.previous),
    button(1, app.t('check.next'), ICONS.next),
  ];
}

function groups(app: App, state: Readonly<State>): HTMLElement[] {
  const { report } = state;
  if (!report) return [h('p', { class: 'muted' }, app.t('check.loading'))];
  if (report.findings.length === 0) return [h('p', { class: 'muted' }, app.t('check.clean'))];
  const listed = listedFindings(state);
  if (listed.length === 0) return [h('p', { class: 'muted' }, app.t('check.none'))];
  return SEVERITIES.flatMap(severity => {
    const own = listed.filter(({ finding }) => finding.severity === severity);
    if (own.length === 0) return [];
    return [
      h('h3', { class: 'group' }, app.t(`severity.${severity}`)),
      h('ul', { class: 'finding-list' }, ...own.map(item => row(app, item, state))),
    ];
  });
}

function row(app: App, { key, finding }: Listed, { lang, dataset }: Readonly<State>): HTMLElement {
  const layer = dataset?.layers.find(({ id }) => id === finding.layer);
  const layerTitle = (lang === 'zh' ? layer?.title_zh : layer?.title) ?? finding.layer;
  const rule = maybeKey(`rule.${finding.rule}`);
  const open = () => void openFinding(app, app.store.get().finding === key ? null : key);
  return h(
    'li',
    { class: 'entry finding', 'data-key': key },
    h(
      'button',
      {
        class: 'entry-head finding-head',
        type: 'button',
        'aria-expanded': 'false',
        on: { click: open },
      },
      sign(finding.severity),
      h(
        'span',
        { class: 'entry-words' },
        h(
          'span',
          { class: 'entry-title' },
          h('b', {}, rule ? app.t(rule) : finding.rule),
          h('small', {}, layerTitle),
        ),
        h(
          'span',
          {},
          sentence(lang === 'zh' ? finding.message_zh : finding.message, finding.features, lang),
        ),
      ),
    ),
  );
}

function markOpen(app: App, list: HTMLElement, state: Readonly<State>): void {
  const listed = new Map(listedFindings(state).map(({ key, finding }) => [key, finding]));
  for (const item of list.querySelectorAll<HTMLElement>('.finding')) {
    const open = item.dataset.key === state.finding;
    item.classList.toggle('open', open);
    item.querySelector('.finding-head')?.setAttribute('aria-expanded', String(open));
    item.querySelector('.finding-detail')?.remove();
    const finding = listed.get(item.dataset.key ?? '');
    if (!open || !finding) continue;
    item.append(detail(app, finding, state.lang));
    item.scrollIntoView({ block: 'nearest' });
  }
}

function detail(app: App, finding: Finding, lang: Lang): HTMLElement {
  const { t } = app;
  const rows = measures(finding, lang).map(([name, value]): [string, string] => {
    const key = name === 'value' ? 'grid.deviation' : maybeKey(`measure.${name}`);
    return [key ? t(key) : name, value];
  });
  // What has no place on the map, or is about a column, is looked for in its file.
  if (finding.file && (finding.field || !finding.geometry)) {
    rows.push([t('check.file'), finding.file]);
  }
  if (finding.field) rows.push([t('check.field'), finding.field]);
  if (finding.features.length > 0) rows.push([t('check.objects'), finding.features.join(', ')]);
  const mend = (lang === 'zh' ? finding.mend_zh : null) ?? finding.mend;
  if (mend) rows.push([t('check.mend'), sentence(mend, finding.features, lang)]);
  const shapeless = !finding.geometry && finding.features.length === 0;
  return h(
    'div',
    { class: 'entry-detail finding-detail' },
    h('dl', {}, ...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
    shapeless && h('p', { class: 'muted' }, t('check.noGeometry')),
    h('p', { class: 'finding-foot' }, repairLink(app, finding), h('code', {}, finding.rule)),
  );
}

function measures({ measure, rule }: Finding, lang: Lang): [string, string][] {
  return Object.entries(measure ?? {}).flatMap(([name, value]): [string, string][] => {
    // None is no news.
    if (typeof value !== 'number' || (name === 'households' && value === 0)) return [];
    if (name === 'area_m2') return [[name, squareMetres(value, lang)]];
    if (name.endsWith('_m')) return [[name, metres(value, lang)]];
    if (name === 'households') return [[name, count(value, lang)]];
    if (name.startsWith('share_')) return [[name, percent(value, lang)]];
    // Other rules' values are among the figures already.
    return rule === 'balance.deviation' ? [[name, signedPercent(value, lang)]] : [];
  });
}

function moveFocus(list: HTMLElement, step: number): void {
  const heads = [...list.querySelectorAll<HTMLElement>('.finding-head')];
  const at = heads.indexOf(document.activeElement as HTMLElement);
  heads[Math.min(Math.max(at + step, 0), heads.length - 1)]?.focus();
}
