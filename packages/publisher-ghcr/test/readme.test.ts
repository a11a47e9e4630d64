import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configuration, sdk, service } from './readme.example.ts';
import { release, SHA, tree } from './release.ts';

test('the example in the README is the tested one', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = await readFile(new URL('readme.example.ts', import.meta.url), 'utf8');
  expect(/```ts\n([^]*?)```/.exec(readme)?.[1]).toBe(example);
});

test('and does what it says', async () => {
  expect([sdk.label, service.label, configuration.label]).toEqual([
    'ghcr(ghcr.io/ameideio/ameide-sdk-ts)',
    'ghcr(ghcr.io/ameideio/www-ameide)',
    'ghcr.bundle(ghcr.io/ameideio/configuration)',
  ]);
  const publisher = await sdk.open(tree());
  expect(publisher.plan(release()).coordinates).toEqual([
    { ecosystem: 'oci', name: 'ghcr.io/ameideio/ameide-sdk-ts', version: SHA },
  ]);
});

test('every problem code of the sources is in the README', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const folder = new URL('../src/', import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  const codes = new Set(
    texts
      .join('\n')
      .match(/code: 'ghcr-[a-z-]+(?=')/g)
      ?.map((code) => code.slice(7)),
  );
  expect(codes.size).toBeGreaterThan(8);
  expect([...codes].filter((code) => !readme.includes(`\`${code}`))).toEqual([]);
});
