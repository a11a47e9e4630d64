import { needs } from '@ameide/local-registries/components';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMapPage, startBrowser } from './browser.ts';
import { sampleMap } from './sample-map.ts';
import { gridOf, readGrid } from './shown-grid.ts';

const map = sampleMap();

function rowIndexes(page: Page): Promise<(string | null)[]> {
  return page
    .locator('tbody tr[aria-rowindex]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-rowindex')));
}

function subjects(page: Page): Promise<string[]> {
  return page.locator('tbody tr[aria-rowindex] bdi').allTextContents();
}

function count(page: Page): Promise<string | null> {
  return page.locator('.count').textContent();
}

/** Presses Tab until the focus is on a part, as a person without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((one) => document.activeElement?.matches(one) ?? false, selector))
      return;
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

const suite = needs('chromium');
suite('the grid, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('shows every commit, coordinate, digest, state and pointer of the map, and no other', async () => {
    await using opened = await openMapPage(browser, map);
    expect(await readGrid(opened.page)).toEqual(gridOf(map));
    expect(await opened.page.locator('thead .name').allTextContents()).toEqual([
      'Commit',
      ...map.artifacts.map(({ name }) => name),
    ]);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([opened.url]);
  });

  const [newest] = map.rows;
  test.each<[string, string, readonly string[]]>([
    ['a short SHA', newest?.sha?.slice(0, 7) ?? '', [newest?.subject ?? '']],
    ['an npm version', '0.10.1-dev.', [newest?.subject ?? '']],
    ['a PyPI version', 'ameide-sdk==0.3.1', ['Hotfix: the wheel lacked its type stubs']],
    ['a tag', 'v0.10.0', ['Release 0.10.0', 'Candidate of 0.10.0']],
    ['words of a subject', 'hotfix WORKER', ['Hotfix: do not read window in a worker']],
    ['a digest', newest?.cells[3]?.versions[0]?.digest ?? '', [newest?.subject ?? '']],
    ['a pointer', 'latest', ['Release 0.10.0']],
    [
      'a version that stays current',
      '0.8.0',
      ['Hotfix: close the body of a refused request', 'Release 0.8.0'],
    ],
    ['what is nowhere', 'no-such-thing', []],
  ])('is searched by %s', async (_name, query, expected) => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    await tabTo(page, 'input[type=search]');
    await page.keyboard.type(query);
    expect(await subjects(page)).toEqual(expected);
    expect(await page.locator('table').getAttribute('aria-rowcount')).toBe(
      String(expected.length + 1),
    );
    expect(await count(page)).toBe(
      expected.length === 0 ? 'No commit of 54 matches' : `${expected.length} of 54 commits`,
    );
    expect(opened.complaints).toEqual([]);
  });

  test('is filtered by channel and artifact with the keyboard alone, and a link repeats it', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    await tabTo(page, 'input[value=release]');
    await page.keyboard.press('Space');
    expect(await count(page)).toBe('13 of 54 commits');
    await tabTo(page, 'summary');
    await page.keyboard.press('Enter');
    await tabTo(page, 'input[value="pypi:ameide-sdk"]');
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    expect(await page.locator('details.artifacts').getAttribute('open')).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY');
    expect(await page.locator('thead .name').allTextContents()).toEqual(['Commit', 'ameide-sdk']);
    expect(await page.locator('summary').textContent()).toBe('Artifacts: 1 of 5');
    await page.locator('input[type=search]').focus();
    await page.keyboard.type('0.3');
    const link = page.url();
    expect(link).toMatch(/#q=0\.3&channel=release&artifact=pypi%3Aameide-sdk$/);
    const rows = await subjects(page);
    await using again = await openMapPage(browser, map, { hash: new URL(link).hash });
    expect(await subjects(again.page)).toEqual(rows);
    expect(rows).toEqual(['Hotfix: the wheel lacked its type stubs', 'Release 0.3.0']);
    await tabTo(again.page, 'button.reset');
    await again.page.keyboard.press('Enter');
    expect(await count(again.page)).toBe('54 commits');
    expect(again.page.url()).toBe(again.url);
    expect([...opened.complaints, ...again.complaints]).toEqual([]);
  });

  test('follows an address that changes while it is open', async () => {
    await using opened = await openMapPage(browser, map, { hash: '#channel=candidate' });
    expect(await count(opened.page)).toBe('1 of 54 commits');
    await opened.page.evaluate(() => (location.hash = '#channel=dev'));
    await opened.page.waitForFunction(
      () => document.querySelector('.count')?.textContent === '40 of 54 commits',
    );
    expect(await opened.page.locator('input[value=dev]').isChecked()).toBe(true);
  });

  test('is one stop for Tab, from which arrows lead everywhere and Tab leads out', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    const at = (): Promise<unknown> =>
      page.evaluate(() => {
        const cell = document.activeElement?.closest('th, td') as HTMLTableCellElement | null;
        return [cell?.closest('tr')?.getAttribute('aria-rowindex'), cell?.cellIndex];
      });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await at()).toEqual(['2', 0]);
    const moves: readonly (readonly [string, string, number])[] = [
      ['ArrowUp', '1', 0],
      ['ArrowUp', '1', 0],
      ['End', '1', 5],
      ['ArrowDown', '2', 5],
      ['ArrowRight', '2', 5],
      ['PageDown', '12', 5],
      ['Home', '12', 0],
      ['Control+End', '55', 5],
      ['ArrowDown', '55', 5],
      ['PageUp', '45', 5],
      ['Control+Home', '2', 0],
    ];
    for (const [key, row, column] of moves) {
      await page.keyboard.press(key);
      expect([key, ...((await at()) as [])]).toEqual([key, row, column]);
      expect(await isSeen(page)).toBe(true);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('table') === null)).toBe(true);
    expect(page.url()).toBe(opened.url);
  });

  test('opens whole details with Enter, copies them, and Escape leads back', async () => {
    await using opened = await openMapPage(browser, map, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    await page.locator('tbody [tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const [version] = map.rows[1]?.cells[0]?.versions ?? [];
    const dialog = page.locator('dialog');
    expect(await dialog.locator('code').allTextContents()).toEqual([
      version?.coordinate,
      version?.digest,
      map.rows[1]?.sha,
    ]);
    await tabTo(page, '[data-copy]');
    await tabTo(page, '[data-copy]');
    await page.keyboard.press('Enter');
    await dialog.getByText(`Copied: ${version?.digest}`).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(version?.digest);
    await page.keyboard.press('Escape');
    expect(await dialog.isVisible()).toBe(false);
    expect(
      await page.evaluate(() => (document.activeElement as HTMLTableCellElement).cellIndex),
    ).toBe(1);
    expect(opened.complaints).toEqual([]);
  });

  test('has all pointers of an artifact in the details of its column, all artifacts in those of a commit', async () => {
    await using opened = await openMapPage(browser, map);
    const { page } = opened;
    await page
      .locator('thead th')
      .nth(4)
      .click({ position: { x: 5, y: 5 } });
    const [, , , oci] = map.artifacts;
    expect(await page.locator('dialog dl').nth(1).locator('dt').allTextContents()).toEqual(
      oci?.pointers.map(({ pointer }) => pointer),
    );
    await page.keyboard.press('Escape');
    await page
      .locator('tbody th')
      .first()
      .click({ position: { x: 5, y: 5 } });
    const text = await page.locator('dialog').textContent();
    for (const { versions } of map.rows[0]?.cells ?? []) {
      expect(text).toContain(versions[0]?.coordinate);
      expect(text).toContain(versions[0]?.digest);
    }
  });

  test('draws the rows that are looked at, in their order', async () => {
    await using opened = await openMapPage(browser, map);
    await opened.page
      .locator('#versions')
      .evaluate((scroll) => scroll.scrollTo(0, scroll.scrollHeight));
    await opened.page.locator('tr[aria-rowindex="55"]').waitFor();
    const indexes = (await rowIndexes(opened.page)).map(Number);
    expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
  });
});

/** Whether the focused cell is inside the table's visible part, and not under what stays. */
function isSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const cell = document.activeElement as HTMLElement;
    const { left, top, width, height } = cell.getBoundingClientRect();
    const found = document.elementFromPoint(left + Math.min(width / 2, 40), top + height / 2);
    return found !== null && cell.contains(found);
  });
}
