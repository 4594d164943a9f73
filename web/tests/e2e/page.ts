/** A page of the viewer that notes every request and every complaint. */
import { test as base, expect, type Page } from '@playwright/test';
import { baseUrl } from './environment';

export interface Watched {
  page: Page;
  /** Addresses asked of any other host. */
  strangers: string[];
  /** Console errors and uncaught exceptions. */
  complaints: string[];
}

export const test = base.extend<{ viewer: Watched }>({
  viewer: async ({ page }, use) => {
    const viewer: Watched = { page, strangers: [], complaints: [] };
    const origin = new URL(baseUrl()).origin;
    page.on('request', request => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== origin) {
        viewer.strangers.push(request.url());
      }
    });
    page.on('console', message => {
      if (message.type() === 'error') viewer.complaints.push(message.text());
    });
    page.on('pageerror', error => viewer.complaints.push(error.message));
    await use(viewer);
    expect(viewer.strangers, 'no request leaves the origin').toEqual([]);
  },
});

export { expect };

/** Width and height of an office's screen, a large one and a telephone. */
export const SCREENS = [
  [1366, 768],
  [1920, 1080],
  [390, 844],
] as const;

/** Opens the viewer and waits for the map to have been drawn with the grids on it. */
export async function open(page: Page, hash = ''): Promise<void> {
  await page.goto(`${baseUrl()}/${hash}`);
  await page.waitForFunction(() => {
    const { map, store } = window.__wangge ?? {};
    return Boolean(map && store?.get().collections.grids && store.get().report);
  });
  await settled(page);
}

/** Waits until the map has nothing left to load or to draw, of what was asked of the page. */
export async function settled(page: Page): Promise<void> {
  // A change of the state reaches the map with the next frame.
  await page.evaluate(
    () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  await page.waitForFunction(() => {
    const map = window.__wangge?.map;
    return Boolean(map?.loaded() && !map.isMoving());
  });
}

/**
 * The `code`s (or another property) of the features that are really drawn. A change of the page
 * reaches the map some frames later, and a layer's data later still: ask by `expect.poll`.
 */
export function drawn(page: Page, layers: string[], property = 'code'): Promise<unknown[]> {
  return page.evaluate(
    ([ids, name]) => {
      const features = window.__wangge?.map?.queryRenderedFeatures({ layers: ids }) ?? [];
      return [...new Set(features.map(feature => feature.properties[name]))];
    },
    [layers, property] as const,
  );
}

/** How many features of the layers are really drawn, pieces of tiles counted one by one. */
export function many(page: Page, layers: string[]): Promise<number> {
  return page.evaluate(
    ids => window.__wangge?.map?.queryRenderedFeatures({ layers: ids }).length ?? 0,
    layers,
  );
}
