/** The pointer while a border is tried: a click chooses a grid, a vertex can be dragged. */
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import type { LonLat } from '../api/types';
import { reducedMotion, room } from '../map/camera';
import type { App } from '../state/app';
import { dragTo, loadedAreas, pickGrid, pickVertex } from './actions';
import { addLayers, drawBorder, VERTICES } from './mapLayers';
import { handles } from './session';

const GLIDE_MS = 250;

/** How far from a vertex a finger or a pointer may come down, in pixels. */
const REACH_PX = 12;

/** Brings the tool to the map. */
export function watchBorder(app: App, map: MapLibre): void {
  addLayers(map);
  const draw = () => drawBorder(app, map, app.store.get().border);
  app.store.watch(['border', 'collections'], draw);
  draw();
  keepInSight(app, map, () => dragging);
  let dragging = false;
  const take = (event: MapMouseEvent | MapTouchEvent) => {
    const vertex = app.store.get().border ? vertexNear(app, map, event) : null;
    if (!vertex) return;
    // The map stays where it is.
    event.preventDefault();
    dragging = true;
    pickVertex(app, vertex);
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

/** A vertex that is chosen or moved by keys may lie out of sight, or under the panel. */
function keepInSight(app: App, map: MapLibre, isDragged: () => boolean): void {
  app.store.watch(['border'], state => {
    const vertex = state.border?.vertex;
    if (!vertex || isDragged()) return;
    const frame = map.getContainer();
    const { left, right, top, bottom } = room(frame, state, false);
    const { x, y } = map.project([...vertex]);
    const inside =
      x >= left && x <= frame.clientWidth - right && y >= top && y <= frame.clientHeight - bottom;
    if (inside) return;
    map.easeTo({
      center: [...vertex],
      offset: [(left - right) / 2, (top - bottom) / 2],
      duration: reducedMotion() ? 0 : GLIDE_MS,
    });
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
