/** Brings the map up and keeps it in step with the state. Loaded apart, as it is large. */

import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import type { Dataset } from '../api/types';
import { watchBorder } from '../border/pointer';
import { type App, findingOf, type State, visibleLayers } from '../state/app';
import { room, watchCamera } from './camera';
import { createMap } from './create';
import { changedUnits, EMPTY, findingMarks, gridAreas, gridLabels, labelPoints } from './features';
import { hatch } from './hatch';
import { watchPointer } from './pointer';
import { printWhole } from './print';
import { scaleFor } from './scale';
import { buildStyle } from './style';
import { PART_OF } from './styleAreas';

/** Layers that are drawn as they come from the server. */
const AS_THEY_ARE = new Set(['grids']);

/** Resolves when the map can be drawn on. */
export async function startMap(
  app: App,
  container: HTMLElement,
  dataset: Dataset,
): Promise<MapLibre> {
  const { camera } = app.store.get();
  const padding = room(container, app.store.get(), true);
  const scale = scaleFor(
    dataset.bbox,
    container.clientWidth - padding.left - padding.right,
    container.clientHeight - padding.top - padding.bottom,
  );
  const map = await createMap({
    container,
    style: buildStyle(dataset, scale) as StyleSpecification,
    scale,
    view: camera
      ? { center: [camera.lon, camera.lat], zoom: camera.zoom }
      : { bounds: [...dataset.bbox], fitBoundsOptions: { padding } },
    title: app.t('map.canvas'),
    scaleBarPx: 120,
  });
  map.addImage('hatch', hatch(), { pixelRatio: 2 });
  keepInStep(app, map);
  watchCamera(app, map, scale);
  watchPointer(app, map);
  watchBorder(app, map);
  printWhole(map);
  return map;
}

function keepInStep(app: App, map: MapLibre): void {
  const { store } = app;
  const put = (source: string, data: FeatureCollection) =>
    map.getSource<GeoJSONSource>(source)?.setData(data);
  /** Runs now, and again whenever one of the keys changes. */
  const follow = (keys: (keyof State)[], draw: (state: Readonly<State>) => void) => {
    draw(store.get());
    store.watch(keys, draw);
  };
  const drawn = new Map<string, unknown>();
  follow(['collections'], ({ collections }) => {
    for (const [id, layer] of Object.entries(collections)) {
      if (drawn.get(id) === layer || AS_THEY_ARE.has(id)) continue;
      drawn.set(id, layer);
      put(id, layer);
      if (map.getSource(`${id}-points`)) put(`${id}-points`, labelPoints(layer));
    }
  });
  const grids: (keyof State)[] = ['collections', 'proposal', 'side'];
  follow(
    grids,
    unlessSame(['grids'], state => put('grids', gridAreas(state))),
  );
  follow(
    [...grids, 'lang'],
    unlessSame(
      ['grids'],
      state => put('grids-points', gridLabels(state, app)),
      state => state.lang,
    ),
  );
  follow(
    ['collections', 'proposal'],
    unlessSame(['units'], state => put('changed', changedUnits(state))),
  );
  follow(['finding', 'report', 'collections'], state => {
    const finding = findingOf(state);
    put('finding', finding ? findingMarks(finding, state) : EMPTY);
  });
  follow(['grid'], ({ grid }) => {
    for (const id of ['selected-casing', 'selected-line']) choose(map, id, grid);
  });
  follow(['hover'], ({ hover }) => choose(map, 'hover-line', hover));
  follow(['answer', 'at'], state => put('pin', pinOf(state)));
  follow(['layers', 'finding', 'report', 'dataset'], state =>
    showLayers(map, visibleLayers(state)),
  );
}

/** Collections change often while they load: draw again only if what is drawn has changed. */
function unlessSame(
  layers: string[],
  draw: (state: Readonly<State>) => void,
  other: (state: Readonly<State>) => unknown = () => null,
) {
  let before: unknown[] = [];
  return (state: Readonly<State>) => {
    const now = [
      ...layers.map(id => state.collections[id]),
      state.proposal,
      state.side,
      other(state),
    ];
    if (now.every((value, i) => Object.is(value, before[i])) && before.length > 0) return;
    before = now;
    draw(state);
  };
}

function choose(map: MapLibre, layer: string, code: string | null): void {
  map.setFilter(layer, ['==', ['get', 'code'], code ?? '']);
}

function showLayers(map: MapLibre, shown: Set<string>): void {
  for (const layer of map.getStyle().layers) {
    const part = (layer.metadata as Record<string, string> | undefined)?.[PART_OF];
    if (part === undefined) continue;
    const wanted = shown.has(part) ? 'visible' : 'none';
    if ((layer.layout?.visibility ?? 'visible') !== wanted) {
      map.setLayoutProperty(layer.id, 'visibility', wanted);
    }
  }
}

function pinOf({ answer, at }: Readonly<State>): FeatureCollection {
  const place =
    answer && answer.lon !== null && answer.lat !== null ? [answer.lon, answer.lat] : at;
  if (!place) return EMPTY;
  return {
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates: [...place] },
      },
    ],
  };
}
