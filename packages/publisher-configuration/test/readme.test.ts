import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { literalSource, testRelease, testStep } from '@ameide/publisher-kit/testing';
import type { SourceTree } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { publishers } from './readme.example.ts';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

const tree = (files: Readonly<Record<string, string>>): SourceTree =>
  literalSource(
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`packages/ameide_configuration/${path}`, text]),
    ),
  );

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
  const wrong = tree({ ...schema, 'environments/production.yaml': 'regoin: eu\n' });
  const refused = publishers.map(async (definition) => {
    const publisher = await definition.open(wrong);
    using step = testStep();
    return await publisher.validate?.(publisher.plan(testRelease()), step);
  });
  expect(await Promise.all(refused)).toMatchObject([
    [
      {
        code: 'configuration-schema',
        message: expect.stringContaining("required property 'region'"),
      },
    ],
    [{ code: 'configuration-refused' }],
  ]);
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
