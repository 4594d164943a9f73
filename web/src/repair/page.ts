/** The page of repairing: what would change, before and after, over the whole window. */
import { datasetKnown } from '../actions/load';
import { h, ICONS, icon, show } from '../ui/dom';
import { Scope } from '../ui/scope';
import { showNet } from './actions';
import { head } from './head';
import { totals } from './items';
import { itemList } from './list';
import { WHENS, type When } from './mapData';
import type { MapsShown } from './maps';
import { layerTitle } from './names';
import { options } from './options';
import { tables } from './tables';

/** Built when it is opened, and taken away when it is left, so that its maps cost nothing else. */
export function repairPage(scope: Scope): HTMLElement {
  const { app } = scope;
  const page = h('section', {
    class: 'repair',
    role: 'dialog',
    'aria-modal': 'true',
    'aria-labelledby': 'repair-title',
    hidden: true,
  });
  let inner: Scope | null = null;
  let opener: Element | null = null;
  const close = () => {
    inner?.end();
    inner = null;
    page.replaceChildren();
    setBehind(page, false);
  };
  scope.onEnd(close);
  scope.draw(['repair'], ({ repair }) => {
    const open = repair !== null;
    if (open === (inner !== null)) return;
    show(page, open);
    if (!open) {
      close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      return;
    }
    opener = document.activeElement;
    inner = new Scope(app);
    page.replaceChildren(...content(inner));
    // The page is put in after it is built in another language.
    queueMicrotask(() => {
      setBehind(page, true);
      page.querySelector<HTMLElement>('#repair-title')?.focus();
    });
  });
  return page;
}

/** What lies behind can neither be reached nor read. */
function setBehind(page: HTMLElement, behind: boolean): void {
  for (const other of page.parentElement?.children ?? []) {
    if (other !== page && other instanceof HTMLElement) other.inert = behind && !page.hidden;
  }
}

function content(scope: Scope): HTMLElement[] {
  const { app } = scope;
  const { t } = app;
  const frames = {
    before: h('div', { class: 'repair-map', 'aria-label': t('repair.before') }),
    after: h('div', { class: 'repair-map', 'aria-label': t('repair.after') }),
  };
  let shown: MapsShown | null = null;
  const home = () => {
    const { dataset } = app.store.get();
    if (dataset) shown?.fly(dataset.bbox);
  };
  const fly: MapsShown['fly'] = bounds => shown?.fly(bounds);
  void bringUp(scope, frames).then(maps => {
    shown = maps;
  });
  const maps = h(
    'div',
    { class: 'repair-maps' },
    ...WHENS.map(when => mapFrame(scope, when, frames[when])),
    netChoice(scope),
    h(
      'div',
      { class: 'zoom-buttons floating' },
      mapButton(t('map.zoomIn'), ICONS.plus, () => shown?.maps.before.zoomIn()),
      mapButton(t('map.zoomOut'), ICONS.minus, () => shown?.maps.before.zoomOut()),
      mapButton(t('map.home'), ICONS.home, home),
    ),
  );
  return [
    head(scope),
    h(
      'div',
      { class: 'repair-body' },
      h('div', { class: 'repair-side' }, options(scope), itemList(scope)),
      h('div', { class: 'repair-main' }, maps, tables(scope, fly)),
    ),
  ];
}

/** Which net lies over the grids on both maps. */
function netChoice(scope: Scope): HTMLElement {
  const { app } = scope;
  const select = h('select', {
    on: { change: event => showNet(app, (event.target as HTMLSelectElement).value || null) },
  });
  const element = h(
    'label',
    { class: 'repair-net floating' },
    h('span', {}, app.t('repair.overlay')),
    select,
  );
  scope.draw(['dataset'], state => {
    const nets = state.dataset?.layers.filter(layer => layer.net) ?? [];
    select.replaceChildren(
      h('option', { value: '' }, app.t('repair.overlayNone')),
      ...nets.map(({ id }) => h('option', { value: id }, layerTitle(state, id))),
    );
    show(element, nets.length > 0);
  });
  scope.draw(['repairing'], ({ repairing }) => {
    select.value = repairing.overlay ?? '';
  });
  return element;
}

function mapButton(label: string, path: string, act: () => void): HTMLElement {
  return h(
    'button',
    { class: 'icon-button', type: 'button', 'aria-label': label, title: label, on: { click: act } },
    icon(path),
  );
}

/** A map under its words: before or after, and how many findings there are then. */
function mapFrame(scope: Scope, when: When, frame: HTMLElement): HTMLElement {
  const { app } = scope;
  const figure = h('span', {});
  scope.draw(['repairing'], ({ repairing }) => {
    const plan = repairing.answer?.plan;
    figure.textContent = plan ? app.t('repair.findings', { n: totals(plan)[when] }) : '';
  });
  return h(
    'figure',
    { class: `repair-frame ${when}` },
    h('figcaption', {}, h('b', {}, app.t(`repair.${when}`)), ' ', figure),
    frame,
  );
}

async function bringUp(
  scope: Scope,
  frames: Readonly<Record<When, HTMLElement>>,
): Promise<MapsShown | null> {
  const { app } = scope;
  let ended = false;
  let maps: MapsShown | null = null;
  scope.onEnd(() => {
    ended = true;
    maps?.end();
  });
  try {
    const code = import('./maps');
    const dataset = await datasetKnown(app);
    const { mapError } = app.store.get();
    if (mapError !== null) return failed(frames, mapError);
    const { startMaps } = await code;
    if (ended) return null;
    const started = await startMaps(app, frames, dataset);
    if (ended) started.end();
    else maps = started;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return failed(frames, app.t('error.mapFailed', { detail }));
  }
  return maps;
}

function failed(frames: Readonly<Record<When, HTMLElement>>, text: string): null {
  for (const when of WHENS) frames[when].replaceChildren(h('p', { class: 'muted' }, text));
  return null;
}
