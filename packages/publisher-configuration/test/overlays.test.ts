import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { bundled, commitOf, DIRECTORY, problemsOf, refusals } from './commit.ts';

const SCHEMA = {
  type: 'object',
  properties: { url: { type: 'string' }, retries: { type: 'integer' } },
  required: ['url', 'retries'],
  additionalProperties: false,
};
const options = {
  schemas: { '/configuration.yaml': 'schema.json' },
  overlays: { 'environments/': 'configuration.yaml' },
};
const files = (environments: Readonly<Record<string, string>>, base = 'retries: 3\n') => ({
  'configuration.yaml': base,
  'schema.json': JSON.stringify(SCHEMA),
  ...Object.fromEntries(
    Object.entries(environments).map(([name, text]) => [`environments/${name}`, text]),
  ),
});

needs('git')('overlays', () => {
  test('merge as JSON Merge Patch does: maps by key, lists whole, null takes away', async () => {
    const base = 'a: { b: 1, c: [1, 2], d: 4 }\ne: 5\n';
    const over = 'a: { c: [3], d: null, f: { g: null, h: 1 } }\ne: { i: 1 }\n';
    const source = await commitOf({ 'base.yaml': base, 'over.json': '{}', 'over.yaml': over });
    const [file] = await bundled(source, { overlays: { 'over.*': 'base.yaml' } });
    expect(JSON.parse(file?.overlays?.['over.yaml'] ?? '')).toEqual({
      a: { b: 1, c: [3], f: { h: 1 } },
      e: { i: 1 },
    });
    expect(JSON.parse(file?.overlays?.['over.json'] ?? '')).toEqual({
      a: { b: 1, c: [1, 2], d: 4 },
      e: 5,
    });
  });

  test('are what the schema of their base describes, not the base alone', async () => {
    const good = { 'production.yaml': 'url: https://x\n', 'README.md': '#' };
    const source = await commitOf(files(good));
    expect(await refusals(source, options)).toEqual([]);
    expect(await refusals(source, { schemas: options.schemas })).toHaveLength(1);
    const [file] = await bundled(source, options);
    expect(file?.overlays).toEqual({
      'environments/production.yaml': '{"retries":3,"url":"https://x"}',
    });
  });

  test('that make something that does not fit are refused, at the line of the overlay', async () => {
    const wrong = {
      'a.yaml': '# none\n',
      'b.yaml': 'url: x\nretries: many\n',
      'c.yaml': 'url: x\nretries: null\n',
      'd.yaml': 'url: x\n',
    };
    expect(await refusals(await commitOf(files(wrong)), options)).toEqual([
      expect.stringMatching(/^configuration-schema: .*a\.yaml:1:\d+ .*required property 'url'/),
      expect.stringMatching(/b\.yaml:2:10 does not fit its schema: \/retries must be integer/),
      expect.stringMatching(/c\.yaml:1:1 does not fit its schema: .* property 'retries'/),
    ]);
  });

  test.each([
    [{ 'a.yaml': '- 1\n' }, undefined, 'a.yaml is no map, so it does not merge over'],
    [{ 'a.yaml': '{}\n---\n{}\n' }, undefined, 'a.yaml has several documents, so it does not'],
    [{ 'a.yaml': '{}\n' }, '7\n', 'configuration.yaml is no map, so nothing merges over it'],
    [{ 'a.md': '' }, undefined, 'is a pattern of the option overlays, but names no JSON or YAML'],
  ])('that cannot be merged are refused: %j', async (environments, base, what) => {
    const source = await commitOf(files(environments, base));
    const { overlays } = options;
    const found = await problemsOf(source, { overlays });
    expect(found).toMatchObject([
      { code: 'configuration-overlay', kind: 'input', message: expect.stringContaining(what) },
    ]);
  });

  test('need their base', async () => {
    const source = await commitOf({ 'a.yaml': '{}\n' });
    expect(await refusals(source, { overlays: { 'a.yaml': 'none.yaml' } })).toEqual([
      `configuration-overlay: ${DIRECTORY}/none.yaml is no file of JSON or YAML, so nothing merges over it.`,
    ]);
  });

  test('with faults of their own are reported once', async () => {
    const source = await commitOf(files({ 'a.yaml': 'a: [\n' }));
    expect(await refusals(source, options)).toEqual([expect.stringContaining('is not YAML')]);
  });
});
