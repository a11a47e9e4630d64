import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSha, type SourceTree } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { publishers } from './readme.example.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

function tree(files: Readonly<Record<string, string>>): SourceTree {
  const below = (path: string): string => `packages/ameide_configuration/${path}`;
  const contents = new Map(
    Object.entries(files).map(([path, text]) => [below(path), Buffer.from(text)]),
  );
  const made: SourceTree = {
    sha: parseSha('71e210beab37b68546d56dceccba18f09264ecc3'),
    readText: async (path) => contents.get(path)?.toString(),
    readBytes: async (path) => contents.get(path),
    list: async () => [...contents.keys()].map((path) => ({ path, mode: 'file', objectId: '' })),
    treeId: async () => '',
    readLink: async () => undefined,
    missingContent: async () => [],
    ancestorTags: async () => [],
    commitTime: async () => 0,
    at: () => made,
    gitDirectory: '/nonexistent',
  };
  return made;
}

test('the README’s example is the tested one, and does what it says', async () => {
  expect(/```ts\n([\s\S]*?)```/.exec(README)?.[1]).toBe(
    readFileSync(new URL('readme.example.ts', import.meta.url), 'utf8'),
  );
  const schema = { 'environment.schema.json': '{ "required": ["region"] }' };
  const opened = publishers.map((definition) =>
    definition.open(tree({ ...schema, 'environments/production.yaml': 'region: eu\n' })),
  );
  expect((await Promise.all(opened)).map(({ id }) => id)).toEqual([
    'npm:@ameideio/configuration',
    'oci:ghcr.io/ameideio/configuration',
  ]);
  const refused = publishers.map((definition) =>
    definition.open(tree({ ...schema, 'environments/production.yaml': 'regoin: eu\n' })),
  );
  for (const { reason } of (await Promise.allSettled(refused)) as PromiseRejectedResult[]) {
    expect(reason).toMatchObject({
      code: 'configuration-invalid',
      message: expect.stringContaining("required property 'region'"),
    });
  }
});

test('the README lists the codes that the sources use, and no others of this package', () => {
  const folder = new URL('../src/', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const text = sources.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n');
  const used = new Set([...text.matchAll(/'(configuration-[a-z-]+)'/g)].map((match) => match[1]));
  const listed = new Set(
    [...README.matchAll(/^\| `(configuration-[a-z-]+)`/gm)].map((match) => match[1]),
  );
  expect(used.size).toBeGreaterThan(0);
  expect(listed).toEqual(used);
});
