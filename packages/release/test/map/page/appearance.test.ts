import { needs } from '@ameide/local-registries/components';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReleaseMap } from '../../../src/map/release-map.ts';
import { openMapPage, startBrowser } from './browser.ts';
import { doubtfulMap, failedMap } from './incomplete-maps.ts';
import { largeMap } from './large-map.ts';
import { sampleMap } from './sample-map.ts';

/** What axe has against the page as it is now; each with the element that it is about. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
    }),
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

const SCHEMES = ['light', 'dark'] as const;
const MAPS: Readonly<Record<string, () => ReleaseMap>> = {
  complete: sampleMap,
  doubtful: doubtfulMap,
  failed: failedMap,
};

const suite = needs('chromium');
suite('the page, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  describe.each(SCHEMES)('%s', (colorScheme) => {
    test.each(Object.keys(MAPS))('is accessible with a %s map', async (name) => {
      await using opened = await openMapPage(browser, (MAPS[name] as () => ReleaseMap)(), {
        colorScheme,
      });
      expect(await violations(opened.page)).toEqual([]);
    });

    test('is accessible while it is used', async () => {
      await using opened = await openMapPage(browser, sampleMap(), {
        colorScheme,
        hash: '#q=0.6&channel=release',
      });
      const { page } = opened;
      await page.locator('summary').click();
      expect(await violations(page)).toEqual([]);
      await page
        .locator('tbody td')
        .first()
        .click({ position: { x: 4, y: 4 } });
      expect(await page.locator('dialog').isVisible()).toBe(true);
      expect(await violations(page)).toEqual([]);
    });

    test('is accessible in a narrow window', async () => {
      await using opened = await openMapPage(browser, doubtfulMap(), {
        colorScheme,
        viewport: { width: 320, height: 640 },
      });
      expect(await violations(opened.page)).toEqual([]);
    });
  });

  test('light and dark are different pictures', async () => {
    const pictures = await Promise.all(
      SCHEMES.map(async (colorScheme) => {
        await using opened = await openMapPage(browser, sampleMap(), { colorScheme });
        const colours = await opened.page.evaluate(() => {
          const { backgroundColor, color } = getComputedStyle(document.documentElement);
          return [backgroundColor, color];
        });
        return { colours, picture: await opened.page.screenshot() };
      }),
    );
    const [light, dark] = pictures;
    expect(light?.picture.equals(dark?.picture as Buffer)).toBe(false);
    expect(light?.colours).toEqual(['rgb(255, 255, 255)', 'rgb(28, 33, 40)']);
    expect(dark?.colours).toEqual(['rgb(15, 19, 24)', 'rgb(228, 232, 237)']);
  });

  test.each(['complete', 'doubtful', 'failed'])(
    'says at the top that a map is %s',
    async (name) => {
      await using opened = await openMapPage(browser, (MAPS[name] as () => ReleaseMap)());
      const state = opened.page.locator('.state');
      expect(await state.getAttribute('class')).toBe(`state ${name}`);
      const text = (await state.textContent()) ?? '';
      for (const { code, message } of failedMap().problems) {
        expect([text.includes(code), text.includes(message)]).toEqual([
          name === 'failed',
          name === 'failed',
        ]);
      }
      const title = state.locator('strong');
      const green = await title.evaluate(
        (one) => getComputedStyle(one).color === 'rgb(26, 127, 55)',
      );
      expect(green).toBe(name === 'complete');
    },
  );

  test('a gap is a gap only where the list is complete', async () => {
    await using opened = await openMapPage(browser, doubtfulMap());
    const cells = opened.page.locator('tr[aria-rowindex="2"] td');
    expect(await cells.nth(2).textContent()).toBe('?not known');
    expect(await cells.nth(4).textContent()).toBe('–none');
    expect(await opened.page.locator('.dot.partial, .dot.unknown').count()).toBe(2);
  });

  test.each([320, 640, 1440])(
    'fits a window of %i pixels: only the table scrolls sideways',
    async (width) => {
      await using opened = await openMapPage(browser, failedMap(), {
        viewport: { width, height: 700 },
      });
      const { page } = opened;
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      const stays = await page.evaluate(() => {
        const scroll = document.querySelector('#versions') as HTMLElement;
        scroll.scrollTo(scroll.scrollWidth, 400);
        const at = (selector: string): DOMRect =>
          (document.querySelector(selector) as HTMLElement).getBoundingClientRect();
        const [box, head, first] = [at('#versions'), at('thead th'), at('tbody th')];
        return [
          Math.round(head.top - box.top),
          Math.round(head.left - box.left),
          Math.round(first.left - box.left),
          first.width < innerWidth / 2,
        ];
      });
      expect(stays).toEqual([0, 0, 0, true]);
      await page
        .locator('tbody th')
        .nth(12)
        .click({ position: { x: 4, y: 4 } });
      const dialog = await page.locator('dialog').boundingBox();
      expect(dialog?.width).toBeLessThanOrEqual(width);
      expect(
        await page.locator('dialog').evaluate((one) => one.scrollWidth - one.clientWidth),
      ).toBe(0);
    },
  );

  test('moves nothing if people ask for less motion', async () => {
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      await using opened = await openMapPage(browser, sampleMap(), { reducedMotion });
      await opened.page
        .locator('tbody td')
        .first()
        .click({ position: { x: 4, y: 4 } });
      const name = await opened.page
        .locator('dialog')
        .evaluate((one) => getComputedStyle(one).animationName);
      expect(name).toBe(reducedMotion === 'reduce' ? 'none' : 'arrive');
    }
  });

  test('is printed whole, without what is for screens', async () => {
    await using opened = await openMapPage(browser, largeMap(300));
    const { page } = opened;
    await page.evaluate(() => {
      addEventListener('afterprint', () => (document.title = 'printed'), { once: true });
      addEventListener('beforeprint', () => {
        document.body.dataset['rows'] = String(
          document.querySelectorAll('tbody tr[aria-rowindex]').length,
        );
      });
    });
    const pdf = await page.pdf();
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await page.locator('body').getAttribute('data-rows')).toBe('300');
    await page.waitForFunction(
      () => document.querySelectorAll('tbody tr[aria-rowindex]').length < 150,
    );
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.controls', '.focused', '.skip'])
      expect(await page.locator(part).isVisible()).toBe(false);
    expect(await page.locator('thead').isVisible()).toBe(true);
    const clipped = await page
      .locator('#versions')
      .evaluate((one) => one.scrollHeight - one.clientHeight);
    expect(clipped).toBeLessThanOrEqual(1);
  });

  test('is read without JavaScript', async () => {
    await using opened = await openMapPage(browser, largeMap(300), { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.locator('tbody tr').count()).toBe(100);
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect(await page.getByText('shows the newest 100 of 300 commits').isVisible()).toBe(true);
    expect(await page.locator('tbody tr').first().textContent()).toContain('0.10.1-dev');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(page.url()).toBe(`${opened.url}#versions`);
    expect(opened.complaints).toEqual([]);
  });
});
