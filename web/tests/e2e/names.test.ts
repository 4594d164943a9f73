/** A clerk proposes a name from the card of an answer; a planner accepts it; it is found. */
import { expect, open, test } from './page';

const ADDRESS = '鸿仕雅居';
const ALIAS = '老机床厂宿舍';

test('a proposed name is found once a planner accepts it', async ({
  viewer: { page, complaints },
}) => {
  await open(page);
  const ask = async (text: string) => {
    await page.getByRole('combobox', { name: '查询地址或小区所属网格' }).fill(text);
    await page.keyboard.press('Enter');
  };
  await ask(ADDRESS);
  const card = page.locator('.card');
  await expect(card).toContainText(ADDRESS);
  await card.getByText('不对？别名…').click();
  await card.getByLabel(`“${ADDRESS}”的名称`).fill(ALIAS);
  await card.getByRole('button', { name: '提议' }).click();
  await expect(card.locator('.name-said')).toHaveText('已提交，待规划人员采纳。');

  const panel = page.locator('.names-panel');
  await panel.locator('summary').click();
  await panel.getByRole('button', { name: `采纳: ${ADDRESS} → ${ALIAS}`, exact: true }).click();
  await expect(panel.getByRole('link', { name: /下载/ })).toBeVisible();
  await ask(ALIAS);
  await expect(card).toContainText('别名一致');
  await expect(card).toContainText(ADDRESS);
  expect(complaints).toEqual([]);
});
