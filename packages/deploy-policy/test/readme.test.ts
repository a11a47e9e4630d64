import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RULES } from '../src/index.ts';
import { diff, refused } from './readme.example.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README’s example is the tested one, and does what it says', () => {
  expect(/```ts\n([\s\S]*?)```/.exec(README)?.[1]).toBe(
    readFileSync(new URL('readme.example.ts', import.meta.url), 'utf8'),
  );
  expect(refused).toMatchObject({
    code: 'deploy-tag-not-allowed',
    path: 'deploy/sdk.yaml',
    line: 5,
  });
  expect(diff).toContain(
    '+    - { name: sdk, image: ghcr.io/ameideio/ameide-sdk-ts:0.1.0 } # ours\n',
  );
  expect(diff).toContain('ameide.io/image-sha: 71e210beab37b68546d56dceccba18f09264ecc3');
});

/** Codes of `ameide-release`, which reads the files. */
const OF_RELEASE = new Set(['deploy-not-utf8', 'deploy-nothing-to-check']);

test('the README lists the codes that the sources use, and no others of this package', () => {
  const folder = new URL('../src/', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const text = sources.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
  const used = new Set([...text.matchAll(/'(deploy-[a-z0-9-]+)'/g)].map((match) => match[1] ?? ''));
  const listed = new Set(
    [...README.matchAll(/^\| `(deploy-[a-z0-9-]+)`/gm)].map((match) => match[1] ?? ''),
  );
  const expected = [...used].filter((code) => code !== 'deploy-option' && !OF_RELEASE.has(code));
  expect(listed).toEqual(new Set(expected));
  expect(Object.keys(RULES).filter((code) => !used.has(code))).toEqual([]);
});
