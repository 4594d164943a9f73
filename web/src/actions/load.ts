/** Brings in what the page shows; each part may fail without the others. */
import type { Dataset, LayerFeatures } from '../api/types';
import { type App, visibleLayers } from '../state/app';
import { loadNames } from './names';
import { inWords, tell } from './notice';
import { choosePlan, loadPlans } from './plans';

/** Needed for words and figures, whether or not they are on the map. */
const ALWAYS = ['grids', 'communities'];

/** What a newcomer looks at first comes first. */
export async function loadAll(app: App): Promise<void> {
  const dataset = await app.client.dataset();
  app.store.set({
    dataset,
    settings: { ...app.store.get().settings, maxDeviation: dataset.rules.max_deviation },
  });
  const held = new Set(dataset.layers.map(layer => layer.id));
  const first = ALWAYS.filter(id => held.has(id)).map(id => needLayer(app, id));
  const check = app.client.check().then(
    report => app.store.set({ report }),
    error => tell(app, error),
  );
  const { plan } = app.store.get();
  const plans = loadPlans(app).then(() => (plan ? choosePlan(app, plan) : undefined));
  await Promise.all(first);
  app.store.watch(['layers', 'finding', 'report'], () => needVisible(app));
  needVisible(app);
  await Promise.all([check, plans, loadNames(app)]);
}

function needVisible(app: App): void {
  const state = app.store.get();
  const shown = visibleLayers(state);
  for (const { id } of state.dataset?.layers ?? []) if (shown.has(id)) void needLayer(app, id);
}

const underWay = new WeakMap<App, Map<string, Promise<void>>>();

/** Loads a layer once; a failure is told, and tried again when the layer is next asked for. */
export function needLayer(app: App, id: string): Promise<void> {
  const asked = underWay.get(app) ?? new Map<string, Promise<void>>();
  underWay.set(app, asked);
  const known = asked.get(id);
  if (known) return known;
  const loading = app.client.layer(id).then(
    layer => keep(app, id, layer),
    error => {
      asked.delete(id);
      fail(app, id, error);
    },
  );
  asked.set(id, loading);
  return loading;
}

function keep(app: App, id: string, layer: LayerFeatures): void {
  const { collections, failedLayers } = app.store.get();
  const failed = new Set(failedLayers);
  failed.delete(id);
  app.store.set({ collections: { ...collections, [id]: layer }, failedLayers: failed });
}

function fail(app: App, id: string, error: unknown): void {
  const { failedLayers, dataset, lang } = app.store.get();
  const info = dataset?.layers.find(layer => layer.id === id);
  const layer = (lang === 'zh' ? info?.title_zh : info?.title) ?? id;
  const text = app.t('error.layer', { layer, detail: inWords(app, error) });
  app.store.set({
    failedLayers: new Set(failedLayers).add(id),
    notice: { tone: 'error', text },
  });
}

export function toggleLayer(app: App, id: string): void {
  const state = app.store.get();
  const layers = visibleLayers({ ...state, finding: null });
  if (!layers.delete(id)) layers.add(id);
  app.store.set({ layers });
}

/** Resolves with the dataset, at once or as soon as it has come. */
export function datasetKnown({ store }: App): Promise<Dataset> {
  const { dataset } = store.get();
  if (dataset) return Promise.resolve(dataset);
  return new Promise(resolve => {
    const stop = store.watch(['dataset'], now => {
      if (!now.dataset) return;
      stop();
      resolve(now.dataset);
    });
  });
}
