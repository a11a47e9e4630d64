// Writes the style and the script of the page of `map --html` as the modules that the package ships:
// from packages/release/src/map/page/{style,browser}. Edit those, not the modules.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generatePage } from '../packages/release/test/map/page/generate.ts';

const folder = join(import.meta.dirname, '../packages/release/src/map/page');
for (const [name, text] of Object.entries(await generatePage(folder))) {
  await writeFile(join(folder, 'generated', name), text);
}
