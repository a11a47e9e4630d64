// Takes the screenshots of docs/map.md: the page of the sample map in Chromium, light and dark.
import { join } from 'node:path';
import { openMapPage, startBrowser } from '../packages/release/test/map/page/browser.ts';
import { sampleMap } from '../packages/release/test/map/page/sample-map.ts';

const docs = join(import.meta.dirname, '../docs');
const browser = await startBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  await using opened = await openMapPage(browser, sampleMap(), {
    colorScheme,
    viewport: { width: 1480, height: 900 },
    deviceScaleFactor: 2,
  });
  const path = join(docs, `map-${colorScheme}.png`);
  await opened.page.screenshot({ path });
  console.log(path);
}
await browser.close();
