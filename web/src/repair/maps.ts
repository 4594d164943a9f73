/** Two maps that move as one: the dataset as it is, and as it would be. Loaded apart. */
import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre, PointLike } from 'maplibre-gl';
import type { Bbox, Dataset } from '../api/types';
import { atLeast, boundsOf, centreOf } from '../geo/bounds';
import { reducedMotion } from '../map/camera';
import { createMap } from '../map/create';
import { labelPoints } from '../map/features';
import { printWhole } from '../map/print';
import { type Scale, scaleFor } from '../map/scale';
import type { App, State } from '../state/app';
import { openItem, shownItems } from './actions';
import {
  type Cluster,
  changedGrids,
  clustersOf,
  gridNumbersOf,
  gridsAt,
  layerAt,
  MOST_NUMBERS,
  marksOf,
  NEAR,
  shapesAt,
  WHENS,
  type When,
} from './mapData';
import { addImages, CHANGED, MARKS, SHAPES, styleOf } from './mapStyle';

export type Maps = Readonly<Record<When, MapLibre>>;

/** Labels are not drawn smaller than this, however small the frame. */
const LEAST_SIZE = 0.72;
const MARGIN_PX = 26;
const FLIGHT_MS = 500;
/** How much further in than "all is seen" a flight goes. */
const CLOSEST = 5.5;
/** Degrees (about ten metres): items nearer than this lie at one place. */
const LEAST_SPREAD = 1e-4;
/** No closer than this share of the dataset. */
const CLOSEST_SHARE = 0.05;

export interface MapsShown {
  maps: Maps;
  fly(bounds: Bbox): void;
  end(): void;
}

export async function startMaps(
  app: App,
  frames: Readonly<Record<When, HTMLElement>>,
  dataset: Dataset,
): Promise<MapsShown> {
  const scale = scaleIn(frames.before, dataset);
  const [before, after] = await Promise.all(WHENS.map(when => start(frames[when], dataset, scale)));
  if (!before || !after) throw new Error('a map is missing');
  const maps: Maps = { before, after };
  moveTogether(maps);
  const fly = (bounds: Bbox) =>
    before.fitBounds([...bounds], {
      padding: MARGIN_PX,
      maxZoom: scale.zoom + CLOSEST,
      duration: reducedMotion() ? 0 : FLIGHT_MS,
    });
  const ends = [
    follow(app, maps),
    markItems(app, maps, fly),
    flyToOpen(app, dataset, fly),
    ...WHENS.map(when => printWhole(maps[when])),
  ];
  return {
    maps,
    fly,
    end() {
      for (const end of ends) end();
      for (const when of WHENS) maps[when].remove();
    },
  };
}

function scaleIn(frame: HTMLElement, dataset: Dataset): Scale {
  const scale = scaleFor(
    dataset.bbox,
    frame.clientWidth - 2 * MARGIN_PX,
    frame.clientHeight - 2 * MARGIN_PX,
  );
  return { ...scale, size: Math.max(scale.size, LEAST_SIZE) };
}

async function start(container: HTMLElement, dataset: Dataset, scale: Scale): Promise<MapLibre> {
  const map = await createMap({
    container,
    style: styleOf(dataset, scale),
    scale,
    view: { bounds: [...dataset.bbox], fitBoundsOptions: { padding: MARGIN_PX } },
    title: container.getAttribute('aria-label') ?? '',
    scaleBarPx: 90,
  });
  addImages(map);
  return map;
}

function moveTogether({ before, after }: Maps): void {
  let leads = true;
  const lead = (from: MapLibre, to: MapLibre) =>
    from.on('move', () => {
      // The other map's own move is the echo of this one.
      if (!leads) return;
      leads = false;
      to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
      leads = true;
    });
  lead(before, after);
  lead(after, before);
}

/** Draws what has changed, now and whenever the state changes. */
function follow(app: App, maps: Maps): () => void {
  const draw = (state: Readonly<State>) => {
    for (const when of WHENS) {
      drawLayers(maps[when], state, when);
      showOverlay(maps[when], state);
    }
    maps.after.setFilter(CHANGED, ['in', ['get', 'code'], ['literal', changedGrids(state)]]);
  };
  draw(app.store.get());
  return app.store.watch(['repairing', 'collections'], draw);
}

function drawLayers(map: MapLibre, state: Readonly<State>, when: When): void {
  const { dataset, repairing, collections } = state;
  for (const { id } of dataset?.layers ?? []) {
    const layer = layerAt(state, id, when);
    if (!layer || id === 'grids') continue;
    put(map, id, layer, () => layer);
    put(map, `${id}-points`, layer, () => labelPoints(layer));
  }
  put(map, 'grids', layerAt(state, 'grids', when), () => gridsAt(state, when));
  put(map, 'grids-points', collections.grids, () => gridNumbersOf(state));
  put(map, SHAPES, repairing, () => shapesAt(state, when));
}

/** What each source was drawn from: collections change often while they load. */
const drawnFrom = new WeakMap<MapLibre, Map<string, unknown>>();

function put(map: MapLibre, source: string, from: unknown, data: () => FeatureCollection): void {
  const drawn = drawnFrom.get(map) ?? new Map<string, unknown>();
  drawnFrom.set(map, drawn);
  const target = map.getSource<GeoJSONSource>(source);
  if (!target || drawn.get(source) === from) return;
  drawn.set(source, from);
  target.setData(data());
}

function showOverlay(map: MapLibre, { dataset, repairing }: Readonly<State>): void {
  for (const { id } of dataset?.layers.filter(({ net }) => net) ?? []) {
    const visibility = id === repairing.overlay ? 'visible' : 'none';
    map.setLayoutProperty(`${id}-line`, 'visibility', visibility);
  }
}

/** Numbered marks on both maps; a click opens an item, further clicks the others at that place. */
function markItems(app: App, maps: Maps, fly: (bounds: Bbox) => void): () => void {
  let clusters: Cluster[] = [];
  const many = (n: number) => app.t('repair.many', { n });
  const draw = () => {
    clusters = clustersOf(shownItems(app), at => maps.before.project(at), NEAR);
    const marks = marksOf(clusters, app.store.get().repairing.item, many);
    for (const when of WHENS) maps[when].getSource<GeoJSONSource>(MARKS)?.setData(marks);
  };
  draw();
  maps.before.on('zoomend', draw);
  for (const when of WHENS) {
    const map = maps[when];
    const keysAt = (point: PointLike) => {
      const [hit] = map.queryRenderedFeatures(point, { layers: [MARKS] });
      return String(hit?.properties.keys ?? '').split('\n');
    };
    map.on('click', event => {
      const keys = keysAt(event.point);
      const apart = spreadOf(clusters, keys[0] ?? '');
      if (apart && keys.length > MOST_NUMBERS) return fly(apart);
      const at = keys.indexOf(app.store.get().repairing.item ?? '');
      openItem(app, keys[(at + 1) % keys.length] || null);
    });
    map.on('mousemove', event => {
      map.getCanvas().style.cursor = keysAt(event.point)[0] ? 'pointer' : '';
    });
  }
  return app.store.watch(['repairing'], draw);
}

/** Where the items of a mark lie, if coming nearer would part them. */
function spreadOf(clusters: readonly Cluster[], key: string): Bbox | null {
  const cluster = clusters.find(({ items }) => items.some(item => item.key === key));
  const places = cluster?.items.map(({ mend }) => boundsOf([mend.geometry])) ?? [];
  const centres = places.flatMap(place => (place ? [centreOf(place)] : []));
  const spread = boundsOf([{ type: 'MultiPoint', coordinates: centres }]);
  return spread && spread[2] - spread[0] + spread[3] - spread[1] > LEAST_SPREAD ? spread : null;
}

/** Flies to an item when it is opened. */
function flyToOpen(app: App, dataset: Dataset, fly: (bounds: Bbox) => void): () => void {
  let shown: string | null = null;
  const go = () => {
    const { item } = app.store.get().repairing;
    if (item === shown) return;
    shown = item;
    const found = shownItems(app).find(({ key }) => key === item);
    const bounds = found && boundsOf([found.mend.geometry]);
    if (bounds) fly(atLeast(bounds, dataset.bbox, CLOSEST_SHARE));
    else if (!item) fly(dataset.bbox);
  };
  go();
  return app.store.watch(['repairing'], go);
}
