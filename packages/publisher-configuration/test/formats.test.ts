import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { bundled, commitOf, DIRECTORY, notesOf, refusals } from './commit.ts';

const TEMPLATE = '{{- if .Values.on }}\nname: {{ .Values.name }}\n{{- end }}\n';

needs('git')('formats', () => {
  test('say how files are read; the last pattern that names one decides', async () => {
    const source = await commitOf({
      'templates/service.yaml': TEMPLATE,
      'templates/partials/a.json': TEMPLATE,
      'templates/plain.yaml': 'a: [\n',
      'tsconfig.json': '{\n  // strict\n  "strict": true,\n}\n',
      'settings.conf': '{ "a": 1, "a": 2 }\n',
    });
    const formats = {
      'templates/': 'text',
      'plain.yaml': 'yaml',
      'tsconfig*.json': 'jsonc',
      '*.conf': 'json',
    } as const;
    expect(await refusals(source, { formats })).toEqual([
      expect.stringMatching(/settings\.conf:1:11 has the key "a" twice/),
      expect.stringMatching(/templates\/plain\.yaml:2:1 is not YAML/),
    ]);
    expect(await refusals(source)).toHaveLength(4);
  });

  test('JSON with comments is still checked, also by its schema; .jsonc is such', async () => {
    const source = await commitOf({
      'a.jsonc': '// one\n{ "port": "x", /* two */ }\n',
      'b.jsonc': '{ "a": 1, "a": 2 }',
      'schema.json': '{ "properties": { "port": { "type": "integer" } } }',
    });
    expect(await refusals(source, { schemas: { '*.jsonc': 'schema.json' } })).toEqual([
      expect.stringMatching(/b\.jsonc:1:11 has the key "a" twice/),
      expect.stringMatching(/a\.jsonc:2:11 does not fit its schema: \/port must be integer/),
    ]);
  });

  test('the templates of a Helm chart are text, and nothing else of it', async () => {
    const source = await commitOf({
      'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'charts/web/templates/deployment.yaml': TEMPLATE,
      'charts/web/templates/tests/connection.yaml': TEMPLATE,
      'charts/web/crds/crd.yaml': TEMPLATE,
      'templates/other.yaml': TEMPLATE,
    });
    expect(await refusals(source)).toEqual([
      expect.stringContaining(`${DIRECTORY}/charts/web/crds/crd.yaml:1:`),
      expect.stringContaining(`${DIRECTORY}/templates/other.yaml:1:`),
    ]);
    const exclude = ['crds', 'other.yaml'];
    expect(await bundled(source, { exclude })).toHaveLength(4);
    const formats = { 'deployment.yaml': 'yaml' } as const;
    expect(await refusals(source, { exclude, formats })).toHaveLength(1);
  });
});

needs('git')('notes', () => {
  const source = async () =>
    commitOf({
      'a.yaml': 'on: push\ncountry: NO\nmode: 0644\nsame: "no"\n',
      'b.json': '{ "account": 12345678901234567890, "small": 1.5 }\n',
      'c.yaml': 'base: &base { a: 1 }\nproduction: { <<: *base, b: 2 }\n',
      'text.txt': 'on: no\n',
    });

  test('tell what readers understand in different ways, with line and column and no value', async () => {
    const other = 'a boolean to PyYAML and sigs.k8s.io/yaml (kubectl, Helm)';
    const quotes = 'put it in quotes, or write what is meant in another way';
    expect(await notesOf(await source())).toEqual([
      `${DIRECTORY}/a.yaml:1:1 is text to YAML 1.2 and Go’s yaml.v3, ${other}: ${quotes}.`,
      `${DIRECTORY}/a.yaml:2:10 is text to YAML 1.2 and Go’s yaml.v3, ${other}: ${quotes}.`,
      expect.stringMatching(/a\.yaml:3:7 is a number to YAML 1\.2, another number to PyYAML, Go’s/),
      expect.stringMatching(/b\.json:1:14 is a number that JavaScript cannot hold/),
      expect.stringMatching(/c\.yaml:2:15 has a merge key \(<<\)/),
    ]);
    expect(await refusals(await source())).toEqual([]);
  });

  test('are refusals if the maintainer says so, by files that may be allowed', async () => {
    const allow = ['a.yaml', 'c.yaml'].map((path) => `${DIRECTORY}/${path}`);
    expect(await notesOf(await source(), { allow })).toHaveLength(1);
    expect(await notesOf(await source(), { ambiguous: 'refuse' })).toEqual([]);
    expect(await refusals(await source(), { ambiguous: 'refuse', allow })).toEqual([
      expect.stringMatching(/^configuration-ambiguous: .*b\.json:1:14 is a number/),
    ]);
  });

  test('tell of patterns that name nothing', async () => {
    const options = {
      exclude: ['/text.txt', '*.local'],
      formats: { 'templates/': 'text' },
    } as const;
    const told = (await notesOf(await source(), options)).slice(-2);
    expect(told).toEqual([
      `configuration(${DIRECTORY}): the option exclude has the pattern "*.local", which names no file.`,
      `configuration(${DIRECTORY}): the option formats has the pattern "templates/", which names no file.`,
    ]);
  });
});

test.each([
  ['a.yaml', 'a: 1\n---\n- no\n', ['{"a":1}', '["no"]']],
  ['a.json', '{ "b": 1.50 }', ['{"b":1.5}']],
  ['a.jsonc', '[1, /* two */]', ['[1]']],
  ['a.yaml', 'x: &x {a: 1}\ny: {<<: *x}\n', ['{"x":{"a":1},"y":{"a":1}}']],
  ['a.yaml', 'a: 12345678901234567890\n', undefined],
  ['a.json', '[9007199254740993]', undefined],
  ['a.yaml', 'a: .inf\n', undefined],
  ['a.yaml', 'a: !vault x\n', undefined],
  ['a.yaml', 'a: !!set {b}\n', undefined],
  ['a.yaml', '%YAML 1.1\n---\na: 2025-01-01\n', undefined],
  ['a.yaml', 'a: !!binary aGk=\n', undefined],
  ['a.txt', '1', undefined],
])(
  'what %s contains is told to carriers where JSON holds it exactly: %j',
  async (path, text, documents) => {
    const [file] = await bundled(await commitOf({ [path]: text }));
    expect(file?.documents).toEqual(documents);
  },
);

needs('git')('a merge key', () => {
  test('is read as most readers do, and its schema sees what is merged', async () => {
    const source = await commitOf({
      'a.yaml': 'x: &x { port: text }\n<<: [*x, { host: h }]\n',
      'schema.json': '{ "properties": { "port": { "type": "integer" } } }',
    });
    expect(await refusals(source, { schemas: { 'a.yaml': 'schema.json' } })).toEqual([
      expect.stringContaining('/port must be integer'),
    ]);
  });

  test.each(['a: { <<: 1 }\n', '%YAML 1.1\n---\na: { <<: 1 }\n', '<<:\n', 'a: &a [1]\n<<: *a\n'])(
    'with something else than a map is refused: %j',
    async (text) => {
      expect(await refusals(await commitOf({ 'a.yaml': text }))).toEqual([
        expect.stringContaining('has a merge key (<<) with something else than a map'),
      ]);
    },
  );

  test('is unique in its map', async () => {
    const source = await commitOf({ 'a.yaml': 'x: &x {}\ny:\n  <<: *x\n  <<: *x\n' });
    expect(await refusals(source)).toEqual([expect.stringContaining('has the key "<<" twice')]);
  });
});
