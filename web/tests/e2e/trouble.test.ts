/** What the page does when things are not as they should be. */
import { baseUrl } from './environment';
import { expect, open, SCREENS, test } from './page';

test('keeps working while the server is gone, and says when it is back', async ({
  viewer: { page },
}) => {
  await open(page);
  await page.route(/\/(api|healthz)/, route => route.abort());
  await page.getByRole('combobox').fill('1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: '断开' })).toBeVisible();
  await page.locator('.bar-row').first().click();
  await expect(page.locator('.card')).toBeVisible();
  await page.unroute(/\/(api|healthz)/);
  await expect(page.getByRole('alert').filter({ hasText: '已重新连接' })).toBeVisible();
});

test('shows a problem in plain words', async ({ viewer: { page } }) => {
  await page.route('**/api/check', route =>
    route.fulfill({
      status: 500,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        title: 'Broken',
        detail: 'no rings',
        file: 'g.geojson',
        feature: '7',
      }),
    }),
  );
  await page.goto(baseUrl());
  const alert = page.getByRole('alert').filter({ hasText: 'no rings' });
  await expect(alert).toContainText('g.geojson');
  await expect(page.locator('.bar-row').first()).toBeVisible();
});

test('answers as text without WebGL2', async ({ viewer: { page, complaints } }) => {
  await page.addInitScript(() => {
    const { getContext } = HTMLCanvasElement.prototype;
    Object.assign(HTMLCanvasElement.prototype, {
      getContext(this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind === 'webgl2' ? null : Reflect.apply(getContext, this, [kind, ...rest]);
      },
    });
  });
  await page.goto(baseUrl());
  await expect(page.locator('.no-map')).toContainText('WebGL2');
  const code = await page.locator('.bar-list li').first().getAttribute('data-code');
  const name = await page.evaluate(
    wanted =>
      window.__wangge?.store
        .get()
        .collections.grids?.features.find(({ properties }) => properties.code === wanted)
        ?.properties.name,
    code,
  );
  await page.locator('.bar-row').first().click();
  await expect(page.locator('.card h2')).toHaveText(name ?? '');

  const compound = await page.evaluate(async () => {
    const { features } = await (await fetch('/ogc/collections/compounds/items?limit=1')).json();
    return features[0].properties.name as string;
  });
  await page.getByRole('combobox').fill(compound);
  await page.keyboard.press('Enter');
  await expect(page.locator('.card-place')).toContainText(compound);
  await expect(page.locator('.card h2')).not.toBeEmpty();
  expect(complaints).toEqual([]);
});

test('prints a sheet with the map on it', async ({ viewer: { page } }) => {
  await open(page);
  const view = () =>
    page.evaluate(() => {
      const map = window.__wangge?.map;
      return map && [...map.getCenter().toArray(), map.getZoom()].map(n => n.toFixed(5));
    });
  const before = await view();
  await page.pdf({ preferCSSPageSize: true });
  // What was seen before is seen again.
  await expect.poll(view).toEqual(before);
  await page.emulateMedia({ media: 'print' });
  const colours = await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('#map canvas');
    const copy = document.createElement('canvas');
    copy.width = 64;
    copy.height = 64;
    const context = copy.getContext('2d');
    if (!canvas || !context) return 0;
    context.drawImage(canvas, 0, 0, 64, 64);
    const { data } = context.getImageData(0, 0, 64, 64);
    return new Set(Array.from({ length: 64 * 64 }, (_, i) => data.slice(i * 4, i * 4 + 3).join()))
      .size;
  });
  expect(colours).toBeGreaterThan(20);
});

for (const [width, height] of SCREENS) {
  for (const lang of ['zh', 'en']) {
    test(`fits ${width} × ${height} in ${lang}`, async ({ viewer: { page, complaints } }, info) => {
      await page.setViewportSize({ width, height });
      await open(page, `#lang=${lang}`);
      const { scrollWidth, clientWidth } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
      });
      expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
      for (const selector of ['.title', '.search-input', '.tabs', '#map canvas']) {
        const box = await page.locator(selector).boundingBox();
        expect(box && box.x >= 0 && box.x + box.width <= width + 1, selector).toBe(true);
      }
      await page.screenshot({ path: info.outputPath(`page-${lang}-${width}.png`) });
      expect(complaints).toEqual([]);
    });
  }
}
