/** The page of repairing: what would change, before and after, and what a planner can choose. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import type { RepairAnswer } from '../../src/api/types';
import { itemsOf } from '../../src/repair/items';
import { expect, open, SCREENS, test } from './page';

/** What the server plans, asked for without the page. */
function planned(page: Page, body: object = {}): Promise<RepairAnswer> {
  return page.evaluate(async request => {
    const answer = await fetch('/api/repair', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return answer.json();
  }, body);
}

async function openPage(page: Page, lang = 'zh'): Promise<void> {
  await open(page, `#lang=${lang}&tab=check`);
  await page.locator('.repair-open').click();
  await expect(page.locator('.mend').first()).toBeVisible();
  await expect(page.locator('.repair-map canvas')).toHaveCount(2);
}

const repairing = (page: Page) =>
  page.evaluate(() => window.__wangge?.store.get().repairing.item ?? null);

test('says what would change, and changes nothing', async ({ viewer: { page, complaints } }) => {
  await openPage(page);
  const { plan } = await planned(page);
  const items = itemsOf(plan);
  await expect(page.locator('.mend')).toHaveCount(items.length);
  for (const group of ['done', 'confirm', 'left']) {
    const n = items.filter(item => item.group === group).length;
    await expect(page.locator(`.mend.${group}`)).toHaveCount(n);
  }
  const before = plan.findings.reduce((sum, rule) => sum + rule.before, 0);
  const after = plan.findings.reduce((sum, rule) => sum + rule.after, 0);
  await expect(page.locator('.repair-figures')).toContainText(`${before} → ${after}`);
  await expect(page.locator('.repair-frame.before figcaption')).toContainText(String(before));
  await expect(page.locator('.repair-frame.after figcaption')).toContainText(String(after));

  const rows = page.locator('#repair-panel-grids tbody tr');
  await expect(rows).toHaveCount(plan.grids.length);
  const changed = plan.grids.find(grid => grid.changed);
  await expect(rows.filter({ hasText: changed?.name ?? '' })).toContainText('→');
  await page.locator('#repair-tab-rules').click();
  await expect(page.locator('#repair-panel-rules tbody tr')).toHaveCount(plan.findings.length);

  const served = await page.evaluate(async () => (await fetch('/api/check')).json());
  expect(served.findings).toHaveLength(before);
  expect(complaints).toEqual([]);
});

test('opens a mend in the list and on both maps, by pointer and by keys', async ({
  viewer: { page, complaints },
}) => {
  await openPage(page);
  await page.locator('.mend-head').first().click();
  await expect(page.locator('.mend').first()).toHaveClass(/open/);
  await expect(page.locator('.mend-detail')).toHaveCount(1);
  const first = await repairing(page);
  await page.keyboard.press('n');
  await expect.poll(() => repairing(page)).not.toBe(first);
  await page.keyboard.press('p');
  await expect.poll(() => repairing(page)).toBe(first);

  // A link opens the same page.
  expect(new URL(page.url()).hash).toContain('repair=on');
  await page.keyboard.press('Escape');
  await expect(page.locator('.mend-detail')).toHaveCount(0);
  await expect(page.locator('.repair')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('.repair')).toBeHidden();
  await expect(page.locator('.repair-open')).toBeFocused();
  expect(new URL(page.url()).hash).not.toContain('repair');
  expect(complaints).toEqual([]);
});

test('keeps the keyboard on the page while it is open', async ({ viewer: { page } }) => {
  await openPage(page);
  await expect(page.locator('#repair-title')).toBeFocused();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(
      () =>
        document.activeElement?.closest('.repair') !== null ||
        document.activeElement === document.body,
    );
    expect(inside).toBe(true);
  }
});

test('leaves alone what the planner locks or leaves out', async ({
  viewer: { page, complaints },
}) => {
  await openPage(page);
  const { plan } = await planned(page);
  const overlap = itemsOf(plan).find(({ mend }) => mend.rule === 'coverage.overlap');
  test.skip(!overlap, 'the dataset has no overlap');
  const [winner] = overlap?.mend.features ?? [];
  await page.locator(`.mend[data-key="${overlap?.key}"] .mend-head`).click();
  await page.locator('.mend-choices .button').first().click();
  await expect(page.locator('.repair-chip')).toHaveCount(1);
  expect(new URL(page.url()).hash).toContain(`lock:${winner}`);
  const locked = await planned(page, { lock: [winner] });
  await expect(page.locator('.mend')).toHaveCount(itemsOf(locked.plan).length);

  await page.locator('.repair-options summary').click();
  const net = page.locator('.repair-fields fieldset').first().locator('label').nth(1);
  await net.getByRole('checkbox').uncheck();
  await expect(page.locator('.repair-chip')).toHaveCount(2);
  const skipped = await page.evaluate(() => [...(window.__wangge?.store.get().repair?.skip ?? [])]);
  expect(skipped).toHaveLength(1);
  await expect
    .poll(() =>
      page.evaluate(
        id =>
          window.__wangge?.store
            .get()
            .repairing.answer?.plan.actions.filter(({ layer }) => layer === id).length,
        skipped[0],
      ),
    )
    .toBe(0);

  // The same choices come back from the link.
  const { hash } = new URL(page.url());
  await page.goto('about:blank');
  await open(page, hash);
  await expect(page.locator('.repair-chip')).toHaveCount(2);
  await page.locator('.repair-chips .quiet').click();
  await expect(page.locator('.repair-chip')).toHaveCount(0);
  await expect(page.locator('.mend')).toHaveCount(itemsOf(plan).length);
  expect(complaints).toEqual([]);
});

test('goes from a finding to how it would be mended', async ({ viewer: { page } }) => {
  await open(page, '#tab=check');
  const target = await page.evaluate(() => {
    const findings = window.__wangge?.store.get().report?.findings ?? [];
    return findings.find(({ rule }) => rule === 'coverage.gap' || rule === 'coverage.overlap');
  });
  test.skip(!target, 'the dataset has neither gap nor overlap');
  await page
    .getByRole('button', { name: target?.message_zh ?? '' })
    .first()
    .click();
  await page.locator('.finding-foot .button').click();
  await expect(page.locator('.mend.open')).toHaveCount(1);
  const open_ = await page.evaluate(() => {
    const { repairing } = window.__wangge?.store.get() ?? {};
    return repairing?.item;
  });
  expect(target?.features.some(code => open_?.includes(code))).toBe(true);
});

test('hands out the repaired layers', async ({ viewer: { page, complaints } }) => {
  await openPage(page);
  await page.locator('#repair-tab-files').click();
  const { plan, layers } = await planned(page);
  const buttons = page.locator('.repair-files .button');
  await expect(buttons).toHaveCount(plan.layers.length);
  const [download] = await Promise.all([page.waitForEvent('download'), buttons.first().click()]);
  const name = plan.layers[0]?.layer ?? '';
  expect(download.suggestedFilename()).toContain(name);
  const saved = JSON.parse(await readFile((await download.path()) ?? '', 'utf8'));
  expect(saved).toEqual(layers[name]);
  await expect(page.locator('.repair-command code')).toContainText(`wangge repair ${plan.dataset}`);
  expect(complaints).toEqual([]);
});

test('says what went wrong', async ({ viewer: { page } }) => {
  await page.route('**/api/repair', route =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Unprocessable', detail: 'no grids to repair' }),
    }),
  );
  await open(page, '#tab=check');
  await page.locator('.repair-open').click();
  await expect(page.locator('.repair-lead')).toContainText('no grids to repair');
  await page.locator('.repair-close').click();
  await expect(page.locator('.repair')).toBeHidden();
});

for (const [width, height] of SCREENS) {
  for (const lang of ['zh', 'en']) {
    test(`fits ${width} × ${height} in ${lang}`, async ({ viewer: { page, complaints } }) => {
      await page.setViewportSize({ width, height });
      await openPage(page, lang);
      const wide = await page.evaluate(() => {
        const all = [...document.querySelectorAll('.repair, .repair *')];
        const box = document.querySelector('.repair');
        return {
          page: document.documentElement.scrollWidth - document.documentElement.clientWidth,
          repair: (box?.scrollWidth ?? 0) - (box?.clientWidth ?? 0),
          // Words that are cut off at the edge of what holds them.
          cut: all
            .filter(element => element.matches('button, dt, dd, h2, h3, figcaption'))
            .filter(element => element.scrollWidth > element.clientWidth + 1)
            .filter(element => getComputedStyle(element).display !== 'inline')
            .map(element => element.textContent),
        };
      });
      expect(wide).toEqual({ page: 0, repair: 0, cut: [] });
      expect(complaints).toEqual([]);
    });
  }
}
