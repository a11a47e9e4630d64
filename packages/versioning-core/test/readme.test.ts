import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { versions } from './readme.example.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

test('the example in the README is the file that runs here', () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(read('../README.md')) ?? [];
  expect(block).toBe(read('./readme.example.ts'));
});

test('its comments tell what it gives', () => {
  expect(versions).toEqual({
    npm: '0.1.0-dev.20251113153211',
    pypi: '0.1.0.dev20251113153211',
    go: 'v0.1.0-rc.1.0.20251113153211-71e210beab37',
    oci: ['71e210beab37b68546d56dceccba18f09264ecc3', 'dev'],
  });
  for (const text of Object.values(versions).flat())
    expect(read('./readme.example.ts')).toContain(text);
});

test('every error code in the sources is in the table, and no other', () => {
  const sources =
    ['derive', 'target', 'go/derive'].map((name) => read(`../src/versions/${name}.ts`)).join('') +
    read('../src/publisher/coordinate-text.ts');
  const thrown = [...sources.matchAll(/\},\s*'([a-z-]+)',?\s*\)/g)].map(([, code]) => code);
  const table = [...read('../README.md').matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, code]) => code);
  expect(new Set(table)).toEqual(new Set(['invalid-input', ...thrown]));
});
