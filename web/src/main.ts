/** Starts the page: words and figures at once, the map as soon as its code has come. */
import type { Map as MapLibre } from 'maplibre-gl';
import { openFinding } from './actions/findings';
import { datasetKnown, loadAll } from './actions/load';
import { locatePoint, locateText } from './actions/locate';
import { tell } from './actions/notice';
import { choosePlan, leaveProposal } from './actions/plans';
import { Client } from './api/client';
import { HTML_LANG, type Lang, translator } from './i18n';
import { hasWebGl2 } from './map/webgl';
import { listenToKeys } from './panels/keys';
import { buildPage, type Page } from './panels/layout';
import { askRepair } from './repair/actions';
import { type App, initialState, type Link, type State } from './state/app';
import { decodeLink, encodeLink } from './state/link';
import { createStore, type Store } from './state/store';
import './styles/index.css';

const LANG_KEY = 'wangge.lang';

declare global {
  interface Window {
    /** For tests, and for the curious at the console. */
    __wangge?: { store: Store<State>; map: MapLibre | null };
  }
}

function storedLang(): Lang {
  try {
    return localStorage.getItem(LANG_KEY) === 'en' ? 'en' : 'zh';
  } catch {
    return 'zh';
  }
}

function createApp(): App {
  const store = createStore(initialState(decodeLink(window.location.hash, storedLang())));
  const client = new Client(connection => {
    const wasLost = store.get().connection === 'lost' && connection === 'ok';
    const t = translator(store.get().lang);
    store.set({
      connection,
      ...(wasLost ? { notice: { tone: 'info', text: t('error.back') } } : {}),
    });
  });
  return { store, client, t: (key, params) => translator(store.get().lang)(key, params) };
}

function keepLang({ store }: App): void {
  const keep = () => {
    const { lang } = store.get();
    document.documentElement.lang = HTML_LANG[lang];
    try {
      localStorage.setItem(LANG_KEY, lang);
    } catch {
      // Storage may be forbidden; the link still holds the language.
    }
  };
  keep();
  store.watch(['lang'], keep);
}

const LINKED: (keyof Link)[] = [
  'lang',
  'tab',
  'layers',
  'grid',
  'finding',
  'plan',
  'side',
  'camera',
  'query',
  'at',
  'repair',
];

/** The address bar follows the state, and a link put into it is opened. */
function keepLink(app: App): void {
  const { store } = app;
  store.watch(LINKED, state => window.history.replaceState(null, '', `#${encodeLink(state)}`));
  window.addEventListener('hashchange', () => {
    const link = decodeLink(window.location.hash, store.get().lang);
    const { camera, ...rest } = link;
    const planChanged = link.plan !== store.get().plan;
    store.set({ ...rest, ...(camera ? { camera } : {}), answer: null });
    if (camera)
      window.__wangge?.map?.jumpTo({ center: [camera.lon, camera.lat], zoom: camera.zoom });
    if (planChanged) void (link.plan ? choosePlan(app, link.plan) : leaveProposal(app));
    void openLinked(app, link, camera !== null);
    if (link.repair) void askRepair(app);
  });
}

/** Asks again what the link asked; a link's own view is left as it is. */
async function openLinked(app: App, link: Link, hasView: boolean): Promise<void> {
  if (link.query) await locateText(app, link.query);
  else if (link.at) await locatePoint(app, link.at, link.grid);
  else if (link.finding && !hasView) await openFinding(app, link.finding);
}

async function bringUpMap(app: App, page: Page): Promise<void> {
  const { store } = app;
  if (!hasWebGl2()) {
    store.set({ mapError: app.t('error.noWebgl') });
    return;
  }
  try {
    const code = import('./map/start');
    const dataset = await datasetKnown(app);
    const map = await (await code).startMap(app, page.mapFrame, dataset);
    page.setMap(map);
    window.__wangge = { store, map };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    store.set({ mapError: app.t('error.mapFailed', { detail }) });
  }
}

async function start(): Promise<void> {
  const app = createApp();
  const root = document.getElementById('app');
  if (!root) throw new Error('index.html has no element with the id "app"');
  const link: Link = app.store.get();
  keepLang(app);
  const page = buildPage(app, root);
  window.__wangge = { store: app.store, map: null };
  listenToKeys(app);
  const map = bringUpMap(app, page);
  try {
    await loadAll(app);
  } catch (error) {
    tell(app, error);
  }
  if (link.repair) void askRepair(app);
  await map;
  await openLinked(app, link, link.camera !== null);
  keepLink(app);
}

void start();
