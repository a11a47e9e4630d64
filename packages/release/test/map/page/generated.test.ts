import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generatePage } from './generate.ts';

const page = join(import.meta.dirname, '../../../src/map/page');

test('the style and the script that the package ships are made from their sources: `pnpm map-page`', async () => {
  const generated = await generatePage(page);
  for (const [name, text] of Object.entries(generated)) {
    expect(await readFile(join(page, 'generated', name), 'utf8')).toBe(text);
  }
  expect(Object.keys(generated)).toEqual(['style.ts', 'script.ts']);
});
