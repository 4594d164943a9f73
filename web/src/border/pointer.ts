/** The pointer while a border is tried: a click chooses a grid, a vertex can be dragged. */
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import type { App } from '../state/app';
import { dragTo, loadedAreas, pickGrid, pickVertex } from './actions';
import { addLayers, drawBorder, VERTICES } from './mapLayers';
import { handles } from './session';

/** How far from a vertex a finger or a pointer may come down, in pixels. */
const REACH_PX = 12;

/** Brings the tool to the map. */
export function watchBorder(app: App, map: MapLibre): void {
  addLayers(map);
  const draw = () => drawBorder(app, map, app.store.get().border);
  app.store.watch(['border', 'collections'], draw);
  draw();
  let dragging = false;
  const take = (event: MapMouseEvent | MapTouchEvent) => {
    const vertex = app.store.get().border ? vertexNear(app, map, event) : null;
    if (!vertex) return;
    // The map stays where it is.
    event.preventDefault();
    pickVertex(app, vertex);
    dragging = true;
  };
  const drag = (event: MapMouseEvent | MapTouchEvent) => {
    if (dragging) dragTo(app, [event.lngLat.lng, event.lngLat.lat]);
    else if (app.store.get().border && event.type === 'mousemove') {
      map.getCanvas().style.cursor = vertexNear(app, map, event) ? 'move' : 'pointer';
    }
  };
  const drop = () => {
    if (!dragging) return;
    dragging = false;
    // Arrow keys go on from here.
    document.querySelector<HTMLElement>('.border-pad')?.focus({ preventScroll: true });
  };
  map.on('mousedown', take);
  map.on('touchstart', take);
  map.on('mousemove', drag);
  map.on('touchmove', drag);
  map.on('mouseup', drop);
  map.on('touchend', drop);
  window.addEventListener('mouseup', drop);
  map.on('click', event => {
    if (!app.store.get().border || vertexNear(app, map, event)) return;
    const [feature] = map.queryRenderedFeatures(event.point, { layers: ['grids-fill'] });
    pickGrid(app, (feature?.properties.code as string | undefined) ?? null);
  });
}

/** The vertex under the pointer, as it is and not as tiles round it. */
function vertexNear(
  app: App,
  map: MapLibre,
  { point }: MapMouseEvent | MapTouchEvent,
): LonLat | null {
  const { border } = app.store.get();
  if (!border) return null;
  const [x, y] = [REACH_PX, REACH_PX];
  const hit = map.queryRenderedFeatures(
    [
      [point.x - x, point.y - y],
      [point.x + x, point.y + y],
    ],
    { layers: [VERTICES] },
  );
  const all = handles(border, loadedAreas(app));
  const near = hit.flatMap(({ properties }) => {
    const vertex = all[properties.at as number];
    if (!vertex) return [];
    const at = map.project([...vertex]);
    return [{ vertex, far: Math.hypot(at.x - point.x, at.y - point.y) }];
  });
  near.sort((a, b) => a.far - b.far);
  return near[0]?.vertex ?? null;
}
