/** Trying a border: a vertex is dragged, what that breaks is said at once, nothing is kept. */
import type { Page } from '@playwright/test';
import { expect, open, settled, test } from './page';

const border = (page: Page) =>
  page.evaluate(() => {
    const { border } = window.__wangge?.store.get() ?? {};
    return border
      ? {
          grid: border.grid,
          vertex: border.vertex,
          moved: [...border.moved.keys()],
          found: border.preview?.findings.length ?? null,
          fault: border.fault,
        }
      : null;
  });

/** Opens the tool on a grid that has neighbours, close to it. */
async function tryGrid(page: Page): Promise<string> {
  await open(page, '#tab=check');
  await page.locator('.border-open').click();
  await expect(page.locator('.border-panel')).toBeVisible();
  const code = await page.locator('.border-panel select option').nth(3).getAttribute('value');
  await page.locator('.border-panel select').selectOption(code);
  await expect.poll(async () => (await border(page))?.grid).toBe(code);
  return code ?? '';
}

/** Where a vertex of the grid is on the page, one that is in plain sight. */
async function vertexInSight(page: Page, code: string): Promise<{ x: number; y: number }> {
  const at = await page.evaluate(wanted => {
    const { map, store } = window.__wangge ?? {};
    const grid = store
      ?.get()
      .collections.grids?.features.find(({ properties }) => properties.code === wanted);
    const canvas = map?.getCanvas();
    if (!map || !canvas || grid?.geometry.type !== 'Polygon') return null;
    const box = canvas.getBoundingClientRect();
    const places = (grid.geometry.coordinates[0] ?? []).map(([lon = 0, lat = 0]) => {
      const { x, y } = map.project([lon, lat]);
      return { x: x + box.left, y: y + box.top };
    });
    return places.find(({ x, y }) => document.elementFromPoint(x, y) === canvas) ?? null;
  }, code);
  if (!at) throw new Error('no vertex of the grid is in sight');
  return at;
}

test('drags a vertex and says at once what that would do', async ({
  viewer: { page, complaints },
}) => {
  const code = await tryGrid(page);
  const before = await page.evaluate(async () => (await fetch('/api/check')).text());
  await page.locator('.border-row input[type="checkbox"]').uncheck();
  await settled(page);
  const { x, y } = await vertexInSight(page, code);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= 5; i++) await page.mouse.move(x + i * 6, y + i * 6);
  // While the button is still down.
  await expect(page.locator('.border-findings.found li').first()).toBeVisible();
  const live = await border(page);
  expect(live?.moved).toEqual([code]);
  expect(live?.found).toBeGreaterThan(0);
  await page.mouse.up();
  await expect(page.locator('.border-pad')).toBeFocused();
  const kinds = () =>
    page.evaluate(
      () => window.__wangge?.map?.querySourceFeatures('border').map(f => f.properties.kind) ?? [],
    );
  await expect.poll(kinds).toEqual(expect.arrayContaining(['found', 'chosen']));

  await page.locator('.border-reset').click();
  await expect(page.locator('.border-findings')).toHaveCount(0);
  expect((await border(page))?.moved).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.locator('.border-panel')).toBeHidden();
  const after = await page.evaluate(async () => (await fetch('/api/check')).text());
  expect(after).toBe(before);
  expect(complaints).toEqual([]);
});

test('moves a vertex by keys, with its neighbours', async ({ viewer: { page, complaints } }) => {
  await tryGrid(page);
  const next = page.getByRole('button', { name: '下一个顶点' });
  // One of the corners is shared by two grids at least.
  let moved: string[] = [];
  for (let i = 0; i < 8 && moved.length < 2; i++) {
    await next.click();
    await page.locator('.border-pad').focus();
    await page.keyboard.press('Shift+ArrowUp');
    moved = (await border(page))?.moved ?? [];
  }
  expect(moved.length).toBeGreaterThanOrEqual(2);
  await expect(page.locator('.border-pad')).toContainText('10');
  await expect(page.locator('.border-verdict')).not.toBeEmpty();
  expect((await border(page))?.fault).toBeNull();
  // The first Escape takes back, the second leaves.
  await page.keyboard.press('Escape');
  expect((await border(page))?.moved).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.locator('.border-panel')).toBeHidden();
  expect(complaints).toEqual([]);
});

test('is left by its close button whatever was moved', async ({ viewer: { page } }) => {
  await tryGrid(page);
  await page.getByRole('button', { name: '下一个顶点' }).click();
  await page.locator('.border-pad').focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: '退出试改' }).click();
  await expect(page.locator('.border-panel')).toBeHidden();
  expect(await border(page)).toBeNull();
});
