import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** In the order of the cascade. */
const STYLES = ['base', 'top', 'table', 'details', 'services', 'print'];

/** Returns the texts of `generated/style.ts` and `generated/script.ts`. */
export async function generatePage(folder: string): Promise<Readonly<Record<string, string>>> {
  return {
    'style.ts': moduleOf('STYLE', await style(folder)),
    'script.ts': moduleOf('SCRIPT', await script(folder)),
  };
}

async function style(folder: string): Promise<string> {
  const files = STYLES.map((name) => readFile(join(folder, 'style', `${name}.css`), 'utf8'));
  return (await Promise.all(files)).join('\n');
}

/** Bundles the page's script, with names and lines left as they are, for people who read it. */
async function script(folder: string): Promise<string> {
  const bundle = await rolldown({
    input: join(folder, 'browser/page.ts'),
    logLevel: 'warn',
    transform: { target: 'es2022' },
    experimental: { attachDebugInfo: 'none' },
  });
  const { output } = await bundle.generate({ format: 'iife', comments: false, minify: false });
  await bundle.close();
  const [{ code }] = output;
  return code;
}

function moduleOf(name: string, text: string): string {
  if (/<\/(?:style|script)|<!--/i.test(text)) throw new Error(`${name} would end its element`);
  const literal = text.replaceAll(/[\\`]|\$\{/g, (found) => `\\${found}`);
  return `// Written by \`pnpm map-page\`: change what it is made from, ../browser and ../style.\nexport const ${name}: string = \`\n${literal}\`;\n`;
}
