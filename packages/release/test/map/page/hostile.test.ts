import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { needs } from '@ameide/local-registries/components';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderMapPage } from '../../../src/map/page/render-map-page.ts';
import { openMapPage, startBrowser } from './browser.ts';
import { HOSTILE, hostileMap, publisherAt, SEEN } from './hostile-map.ts';

const suite = needs('chromium');
suite('a page of hostile data, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('shows it as text, loads nothing, runs nothing, and the policy has nothing to refuse', async () => {
    await using opened = await openMapPage(browser, hostileMap());
    const { page } = opened;
    const subjects = await page.locator('tbody bdi').allTextContents();
    expect(subjects[0]).toBe(SEEN);
    expect(subjects[1]).toBe(`${'x'.repeat(200)}…`);
    expect(subjects.slice(2, 7).toSorted()).toEqual(
      HOSTILE.map((text) => (text.length > 200 ? `${text.slice(0, 200)}…` : text)).toSorted(),
    );
    for (const text of HOSTILE) expect(await page.locator('.state').textContent()).toContain(text);
    await page.locator('tbody [tabindex="0"]').focus();
    for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
    expect(await page.locator('dialog bdi').textContent()).toBe('x'.repeat(10_000));
    expect(await page.locator('dialog').textContent()).toContain(HOSTILE[1]);
    expect(
      await page.locator('img, base, a:not(.skip):not([href^="https://github.com/"])').count(),
    ).toBe(0);
    expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([opened.url]);
  });

  test('asks a server for nothing but itself', async () => {
    const asked: (string | undefined)[] = [];
    const html = renderMapPage(hostileMap());
    await using server = createServer((request, response) => {
      asked.push(request.url);
      response.setHeader('content-type', 'text/html').end(html);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/map.html`, { waitUntil: 'networkidle' });
    expect(await page.locator('tbody bdi').count()).toBeGreaterThan(5);
    await context.close();
    expect(asked).toEqual(['/map.html']);
  });

  test('is searched for it, and an address is only ever a search', async () => {
    await using opened = await openMapPage(browser, hostileMap(), {
      hash: `#q=${encodeURIComponent(HOSTILE[1] as string)}&artifact=${encodeURIComponent(publisherAt(2))}`,
    });
    const { page } = opened;
    expect(await page.locator('input[type=search]').inputValue()).toBe(HOSTILE[1]);
    expect(await page.locator('.chosen').textContent()).toBe('1 of 5');
    expect(await page.locator('tbody bdi').count()).toBeGreaterThan(5);
    expect(await page.evaluate(() => 'owned' in globalThis)).toBe(false);
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([opened.url]);
  });

  test('the policy refuses a script, a style, an image and HTML from text that would get in', async () => {
    await using opened = await openMapPage(browser, hostileMap());
    const failures: (string | undefined)[] = [];
    opened.page.on('requestfailed', (request) => failures.push(request.failure()?.errorText));
    const refused = await opened.page.evaluate(() => {
      const attempts: (() => void)[] = [
        () => (document.body.innerHTML = '<p>'),
        () =>
          document.body.append(
            Object.assign(document.createElement('script'), { text: 'globalThis.owned = 1' }),
          ),
      ];
      const thrown = attempts.filter((attempt) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      });
      const picture = document.createElement('img');
      const loaded = new Promise((resolve) => {
        picture.addEventListener('load', () => resolve('loaded'));
        picture.addEventListener('error', () => resolve('refused'));
      });
      picture.src = 'https://evil.example/x.png';
      return loaded.then((image) => [thrown.length, image, 'owned' in globalThis]);
    });
    expect(refused).toEqual([2, 'refused', false]);
    // Chromium reports what it refuses to ask for, too.
    expect(failures).toEqual(['csp']);
    expect(opened.complaints.length).toBeGreaterThan(0);
  });
});
