/** The walk of a newcomer through the page, on a dataset such as the demo's. */
import { drawn, expect, many, open, settled, test } from './page';

const ADDRESS = '鸿仕雅居';

test('shows all grids with their numbers and households', async ({
  viewer: { page, complaints },
}) => {
  await open(page);
  const { grids } = await page.evaluate(async () => (await fetch('/api/dataset')).json());
  await expect.poll(() => drawn(page, ['grids-fill'])).toHaveLength(grids);
  await expect.poll(() => drawn(page, ['grids-number'])).toHaveLength(grids);
  await expect(page.locator('.bar-row')).toHaveCount(grids);
  const tints = await page.evaluate(() => {
    const features = window.__wangge?.map?.querySourceFeatures('grids') ?? [];
    return [...new Set(features.map(feature => feature.properties.tint))];
  });
  expect(tints.length).toBeGreaterThan(1);
  expect(complaints).toEqual([]);
});

test('finds the grid of an address, by typing and by a click', async ({
  viewer: { page, complaints },
}) => {
  await open(page);
  await page.keyboard.press('/');
  const box = page.getByRole('combobox');
  await expect(box).toBeFocused();
  await box.pressSequentially(ADDRESS.slice(0, 2));
  const option = page.getByRole('option').filter({ hasText: ADDRESS }).first();
  await expect(option).toBeVisible();
  await box.press('ArrowDown');
  await expect(page.getByRole('option').first()).toHaveAttribute('aria-selected', 'true');
  await box.fill(ADDRESS);
  await box.press('Enter');
  const card = page.locator('.card');
  await expect(card).toContainText(ADDRESS);
  const answer = await page.evaluate(
    async text => (await fetch(`/api/locate?q=${encodeURIComponent(text)}`)).json(),
    ADDRESS,
  );
  await expect(card).toContainText(answer.grid_name);
  await expect(card).toContainText(answer.grid_code);
  await expect.poll(() => drawn(page, ['selected-line'])).toEqual([answer.grid_code]);
  await expect.poll(() => many(page, ['pin'])).toBeGreaterThan(0);
  await settled(page);

  await page.keyboard.press('Escape');
  await page.locator('.card-close').click();
  await expect(card).toBeHidden();
  const at = await page.evaluate(([lon, lat]) => window.__wangge?.map?.project([lon, lat]), [
    answer.lon,
    answer.lat,
  ] as const);
  await page.locator('#map canvas').click({ position: { x: at?.x ?? 0, y: at?.y ?? 0 } });
  await expect(card).toContainText(answer.grid_code);
  expect(complaints).toEqual([]);
});

test('says plainly that a place is not known', async ({ viewer: { page } }) => {
  await open(page);
  await page.getByRole('combobox').fill('zzqq-nowhere-0000');
  await page.keyboard.press('Enter');
  await expect(page.locator('.card h2')).toHaveText('没有找到所属网格');
});

test('opens findings and draws them', async ({ viewer: { page, complaints } }) => {
  await open(page);
  await page.getByRole('tab', { name: /检查/ }).click();
  const shapes = page.locator('.finding');
  const counts = await page.evaluate(() => window.__wangge?.store.get().report?.findings.length);
  await expect(shapes).toHaveCount(counts ?? -1);
  const target = await page.evaluate(() => {
    const findings = window.__wangge?.store.get().report?.findings ?? [];
    const wanted = findings.find(({ rule }) => rule === 'net.displaced') ?? findings[0];
    return wanted ? { message: wanted.message_zh, layer: wanted.layer } : null;
  });
  await page
    .getByRole('button', { name: target?.message ?? '' })
    .first()
    .click();
  const marks = ['finding-fill', 'finding-line', 'finding-point'];
  await expect.poll(() => many(page, marks)).toBeGreaterThan(0);
  expect(new URL(page.url()).hash).toContain('finding=');

  const before = await page.evaluate(() => window.__wangge?.store.get().finding);
  await page.keyboard.press('n');
  await expect
    .poll(() => page.evaluate(() => window.__wangge?.store.get().finding))
    .not.toBe(before);
  await page.keyboard.press('p');
  await expect.poll(() => page.evaluate(() => window.__wangge?.store.get().finding)).toBe(before);

  await page.locator('.chip.error').click();
  const errors = page.locator('.finding .sign.error');
  await expect(errors).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('proposes a better-balanced plan and compares it', async ({
  viewer: { page, complaints },
}) => {
  await open(page);
  const present = await page.evaluate(async () => (await fetch('/api/plans/present')).json());
  await page.locator('.propose-button').click();
  const plan = page.locator('.plan[aria-pressed="true"]:not([data-plan="present"])');
  await expect(plan).toBeVisible({ timeout: 180_000 });
  await expect(page.locator('.side-switch')).toBeVisible();
  await settled(page);
  const proposal = await page.evaluate(() => window.__wangge?.store.get().proposal);
  const after = proposal?.plan.score.max_deviation ?? 1;
  expect(after).toBeLessThan(present.score.max_deviation);
  await expect(plan.locator('.plan-worst')).toContainText((after * 100).toFixed(1));
  await expect(page.locator('.bar.proposed')).toHaveCount(present.score.grids.length);
  await expect(page.locator('.bar.present')).toHaveCount(present.score.grids.length);
  await expect.poll(() => drawn(page, ['grids-fill'])).toHaveLength(present.score.grids.length);
  await expect.poll(() => many(page, ['changed-fill'])).toBeGreaterThan(0);

  await page.locator('[data-side="present"]').click();
  await expect(page.locator('[data-side="present"]')).toHaveAttribute('aria-pressed', 'true');
  await page.locator('.plan[data-plan="present"]').click();
  await expect(page.locator('.side-switch')).toBeHidden();
  await expect(page.locator('.bar.proposed')).toHaveCount(0);
  expect(complaints).toEqual([]);
});

test('switches the language, and a link opens the same view', async ({
  viewer: { page, complaints },
}) => {
  await open(page);
  await page.locator('.language').click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.getByRole('tab', { name: 'Balance' })).toBeVisible();
  const labels = () => drawn(page, ['grids-households'], 'figure');
  await expect.poll(async () => String(await labels())).toContain(' hh');
  await page.getByRole('button', { name: 'Layers', exact: true }).click();
  await page.getByRole('checkbox', { name: /branches/i }).check();
  await expect.poll(() => many(page, ['branches-line'])).toBeGreaterThan(0);

  const { hash } = new URL(page.url());
  await page.goto('about:blank');
  await open(page, hash);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect.poll(() => many(page, ['branches-line'])).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});
