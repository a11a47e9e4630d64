import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { component } from '@ameide/local-registries/components';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { renderMapPage } from '../../../src/map/page/render-map-page.ts';
import type { ReleaseMap } from '../../../src/map/release-map.ts';

/** A page of a map in a real browser, and what it did there. */
export interface OpenedPage {
  readonly page: Page;
  /** Every address that the browser asked for, the page's own among them. */
  readonly requests: readonly string[];
  /** Errors and warnings of the console, exceptions, and what the policy refused. */
  readonly complaints: readonly string[];
  readonly html: string;
  readonly url: string;
}

/** Starts Debian's Chromium; end it with `close()`. */
export async function startBrowser(): Promise<Browser> {
  const { path, install } = component('chromium');
  if (path === undefined) throw new Error(`Chromium is missing: ${install}`);
  // Chromium's sandbox cannot be made by root, as whom containers run the tests. It reads nothing
  // but files that the tests wrote.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox'] });
}

/** Writes the page of a map into a file and opens it, as a person would. */
export async function openMapPage(
  browser: Browser,
  map: ReleaseMap,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenedPage & AsyncDisposable> {
  const { hash = '', ...contextOptions } = options;
  const folder = await mkdtemp(join(tmpdir(), 'ameide-map-'));
  const file = join(folder, 'map.html');
  const html = renderMapPage(map);
  await writeFile(file, html);
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    // What still moves has other colours and sizes than what has arrived.
    reducedMotion: 'reduce',
    ...contextOptions,
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const url = pathToFileURL(file).href;
  await page.goto(`${url}${hash}`);
  return {
    page,
    requests,
    complaints,
    html,
    url,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
