/** Opens and leaves the page of repairing, asks for the plan, and opens its items. */
import { needLayer } from '../actions/load';
import { inWords } from '../actions/notice';
import { ServerGone } from '../api/client';
import type { Finding } from '../api/types';
import { leaveBorder } from '../border/actions';
import { type App, NOT_REPAIRING, type Repairing } from '../state/app';
import { type Choices, requestOf, USUAL } from './choices';
import { type Item, itemAbout, itemsOf } from './items';

let asking: AbortController | null = null;

/** With a finding, at the item that is about it. */
export async function openRepair(app: App, about: Finding | null = null): Promise<void> {
  if (app.store.get().border) leaveBorder(app);
  app.store.set({ repair: USUAL, repairing: NOT_REPAIRING, notice: null });
  await askRepair(app);
  const { answer } = app.store.get().repairing;
  const item = answer && about ? itemAbout(answer.plan, about) : null;
  if (item) openItem(app, item.key);
}

export function leaveRepair(app: App): void {
  asking?.abort();
  app.store.set({ repair: null, repairing: NOT_REPAIRING });
}

/** Chooses otherwise, and asks for the plan of that. */
export function choose(app: App, by: (choices: Choices) => Choices): void {
  const { repair } = app.store.get();
  if (!repair) return;
  app.store.set({ repair: by(repair) });
  void askRepair(app);
}

/** A newer question makes an older one moot; the old plan stays on the page meanwhile. */
export async function askRepair(app: App): Promise<void> {
  const { repair, dataset } = app.store.get();
  if (!repair || !dataset) return;
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  patch(app, { busy: true, fault: null });
  try {
    const answer = await app.client.repair(requestOf(repair, dataset), signal);
    if (signal.aborted) return;
    const { item } = app.store.get().repairing;
    const kept = itemsOf(answer.plan).some(({ key }) => key === item);
    patch(app, { answer, busy: false, item: kept ? item : null });
    for (const { id } of dataset.layers.filter(layer => layer.net)) void needLayer(app, id);
  } catch (error) {
    if (signal.aborted) return;
    const fault = error instanceof ServerGone ? app.t('error.gone') : inWords(app, error);
    patch(app, { answer: null, busy: false, fault });
  }
}

function patch(app: App, change: Partial<Repairing>): void {
  app.store.set({ repairing: { ...app.store.get().repairing, ...change } });
}

/** Opens an item (or closes with null); a net's item shows the net. */
export function openItem(app: App, key: string | null): void {
  const { repairing, dataset } = app.store.get();
  const item = shownItems(app).find(one => one.key === key) ?? null;
  const isNet = dataset?.layers.some(({ id, net }) => net && id === item?.mend.layer);
  patch(app, {
    item: item?.key ?? null,
    overlay: isNet && item ? item.mend.layer : repairing.overlay,
  });
}

export function showNet(app: App, overlay: string | null): void {
  patch(app, { overlay });
}

/** Opens the next (1) or the previous (-1) item, round and round. */
export function stepItem(app: App, step: 1 | -1): void {
  const items = shownItems(app);
  if (items.length === 0) return;
  const at = items.findIndex(({ key }) => key === app.store.get().repairing.item);
  const start = at < 0 && step < 0 ? 0 : at;
  openItem(app, items[(start + step + items.length) % items.length]?.key ?? null);
}

/** Closes the open item; leaves the page when none is open. */
export function closeOrLeave(app: App): void {
  if (app.store.get().repairing.item) openItem(app, null);
  else leaveRepair(app);
}

export function shownItems(app: App): Item[] {
  const { answer } = app.store.get().repairing;
  return answer ? itemsOf(answer.plan) : [];
}
