/** The report that is opened beside the viewer: a page of its own, in both languages. */
import { readFile } from 'node:fs/promises';
import { baseUrl } from './environment';
import { expect, open, test } from './page';

for (const [lang, title] of [
  ['zh', '带图网页'],
  ['en', 'Page with maps'],
] as const) {
  test(`opens from the viewer in ${lang}, asks nobody else`, async ({
    viewer: { page },
    context,
  }) => {
    const strangers: string[] = [];
    const complaints: string[] = [];
    await open(page, `#lang=${lang}&tab=check`);
    context.on('request', request => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.origin !== new URL(baseUrl()).origin) {
        strangers.push(request.url());
      }
    });
    const [report] = await Promise.all([
      context.waitForEvent('page'),
      page.locator('.report-links a').filter({ hasText: title }).click(),
    ]);
    report.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await report.waitForLoadState();
    await expect(report.locator('html')).toHaveAttribute('lang', lang === 'zh' ? /zh/ : /en/);
    await expect(report.locator('h1')).not.toBeEmpty();
    // Maps are drawn in the page itself.
    expect(await report.locator('svg.map').count()).toBeGreaterThan(0);
    const sizes = await report.locator('svg.map').first().boundingBox();
    expect(sizes && sizes.width > 200 && sizes.height > 100).toBe(true);
    const words = await report.locator('body').innerText();
    expect(words).not.toMatch(/NaN|undefined|null|Infinity/);
    const served = await page.evaluate(async () => (await fetch('/api/check')).json());
    const message = served.findings[0]?.[lang === 'zh' ? 'message_zh' : 'message'] as string;
    expect(words.replaceAll(/\s+/g, '')).toContain(message.replaceAll(/\s+/g, ''));
    const { scrollWidth, clientWidth } = await report.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
    }));
    expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
    expect(strangers).toEqual([]);
    // Self-contained: what it shows is in it. A browser looks for an icon by itself.
    const fetched = await report.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => name),
    );
    expect(fetched.filter(url => !url.endsWith('/favicon.ico'))).toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test('the files are what the server says', async ({ viewer: { page } }) => {
  await open(page, '#lang=zh&tab=check');
  for (const [words, path] of [
    ['GeoJSON', '/api/check?format=geojson'],
    ['文字', '/api/check?format=text&lang=zh'],
  ] as const) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.report-links a').filter({ hasText: words }).click(),
    ]);
    const saved = await readFile((await download.path()) ?? '', 'utf8');
    const served = await page.evaluate(async url => (await fetch(url)).text(), path);
    expect(saved).toBe(served);
    expect(saved.length).toBeGreaterThan(100);
  }
});
