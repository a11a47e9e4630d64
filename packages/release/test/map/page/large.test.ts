import { needs } from '@ameide/local-registries/components';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMapPage, startBrowser } from './browser.ts';
import { largeMap } from './large-map.ts';

/** What the visible part needs, one part more on each side, and the rest of their chunks. */
const MOST_ROWS = 150;

const suite = needs('chromium');
suite('2,000 commits of 10 artifacts, in Chromium', () => {
  const map = largeMap(2000);
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const drawn = (page: Page): Promise<number> => page.locator('tbody tr[aria-rowindex]').count();
  const seen = (page: Page, row: number): Promise<void> =>
    page.locator(`tr[aria-rowindex="${row}"]`).waitFor({ state: 'visible' });

  test('are scrolled to the end and back, with few rows in the document', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe('2001');
    expect(await drawn(page)).toBeLessThan(MOST_ROWS);
    const scroll = page.locator('#versions');
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await scroll.evaluate((one, to) => one.scrollTo(0, one.scrollHeight * to), part);
      await page.waitForFunction(isFilled);
      expect(await drawn(page)).toBeLessThan(MOST_ROWS);
    }
    await scroll.evaluate((one) => one.scrollTo(0, one.scrollHeight));
    await seen(page, 2001);
    const last = page.locator('tr[aria-rowindex="2001"]');
    expect(await last.locator('td').count()).toBe(10);
    expect(await last.locator('.sha').textContent()).toBe(map.rows.at(-1)?.sha?.slice(0, 7));
    await page.locator('tr[aria-rowindex="2001"] th').click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Home');
    await seen(page, 2);
    expect(await drawn(page)).toBeLessThan(MOST_ROWS);
    expect(opened.complaints).toEqual([]);
  });

  test('are walked by keyboard to the last, and the focused row stays while others are looked at', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    await page.locator('tbody [tabindex="0"]').focus();
    await page.keyboard.press('Control+End');
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.querySelector('.focused')?.textContent ?? null);
    const [version] = map.rows.at(-1)?.cells.at(-1)?.versions ?? [];
    expect(await focused()).toBe(`${version?.coordinate}  ${version?.digest}`);
    await page.locator('#versions').evaluate((one) => one.scrollTo(0, 0));
    await seen(page, 2);
    expect(await focused()).toBe(`${version?.coordinate}  ${version?.digest}`);
    expect(await drawn(page)).toBeLessThan(MOST_ROWS);
    await page.keyboard.press('ArrowUp');
    expect(
      await page.evaluate(() =>
        document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'),
      ),
    ).toBe('2000');
  });

  test('are all searched', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    await page.locator('input[type=search]').focus();
    await page.keyboard.type(map.rows[1999]?.sha ?? '');
    expect(await page.locator('.count').textContent()).toBe('1 of 2,000 commits');
    expect(await drawn(page)).toBe(1);
    await page.locator('input[type=search]').fill('.1234');
    expect(await page.locator('.sha').first().textContent()).toBe(map.rows[1234]?.sha?.slice(0, 7));
    await page.locator('input[type=search]').fill('');
    expect(await page.locator('.count').textContent()).toBe('2,000 commits');
    expect(await drawn(page)).toBeLessThan(MOST_ROWS);
  });
});

/** Whether rows are where the table is looked at: at its middle. */
function isFilled(): boolean {
  const { left, top, height } = (
    document.querySelector('#versions') as HTMLElement
  ).getBoundingClientRect();
  const found = document.elementFromPoint(left + 60, top + height / 2);
  return found?.closest('tr[aria-rowindex]') !== null && found !== null;
}
