import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { bundled, commitOf, DIRECTORY, problemsOf, refusals } from './commit.ts';

const ENVIRONMENT = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { port: { type: 'integer' }, password: { type: 'string', minLength: 20 } },
  required: ['port'],
  additionalProperties: false,
};
const schemas = { 'environments/': 'environment.schema.json' };
const files = (
  schema: unknown,
  environments: Readonly<Record<string, string>>,
): Record<string, string> => ({
  'environment.schema.json': typeof schema === 'string' ? schema : JSON.stringify(schema),
  ...Object.fromEntries(
    Object.entries(environments).map(([name, text]) => [`environments/${name}`, text]),
  ),
});

needs('git')('files with a schema', () => {
  test('are published when they fit it', async () => {
    const fitting = files(ENVIRONMENT, {
      'a.yaml': 'port: 1\n',
      'b.json': '{"port": 2}',
      'README.md': 'port',
    });
    const source = await commitOf({ ...fitting, 'other.yaml': '- 1\n' });
    expect(await bundled(source, { schemas })).toHaveLength(6);
  });

  test('may be beside it; formats only describe', async () => {
    const schema = { required: ['mail'], properties: { mail: { format: 'email' } } };
    const source = await commitOf({
      'environments/schema.json': JSON.stringify(schema),
      'environments/a.yaml': 'mail: none\n',
    });
    expect(
      await bundled(source, { schemas: { 'environments/': 'environments/schema.json' } }),
    ).toHaveLength(3);
  });

  test('are refused when they do not, each with line and column and without its values', async () => {
    const environments = {
      'a.yaml': '# port\nport: hunter2\n',
      'b.json': '{"prot": 2}',
      'c.yaml': 'port: 1\n---\nport: 1\npassword: hunter2\n',
    };
    const source = await commitOf(files(ENVIRONMENT, environments));
    expect(await refusals(source, { schemas })).toEqual([
      `configuration-schema: ${DIRECTORY}/environments/a.yaml:2:7 does not fit its schema: /port must be integer.`,
      `configuration-schema: ${DIRECTORY}/environments/b.json:1:1 does not fit its schema: it must have required property 'port'.`,
      `configuration-schema: ${DIRECTORY}/environments/b.json:1:1 does not fit its schema: it must NOT have additional properties "prot".`,
      `configuration-schema: ${DIRECTORY}/environments/c.yaml:4:11 does not fit its schema: /password must NOT have fewer than 20 characters.`,
    ]);
    const path = `${DIRECTORY}/environments/c.yaml`;
    expect((await problemsOf(source, { schemas })).at(-1)).toMatchObject({
      kind: 'input',
      path,
      line: 4,
      column: 11,
    });
    expect(await refusals(source, { schemas, allow: [path] })).toHaveLength(3);
  });

  test('an unknown key is named', async () => {
    const source = await commitOf(files(ENVIRONMENT, { 'a.yaml': 'port: 1\nprot: hunter2\n' }));
    expect(await refusals(source, { schemas })).toEqual([
      expect.stringContaining(
        '/a.yaml:1:1 does not fit its schema: it must NOT have additional properties "prot".',
      ),
    ]);
  });

  test('neither a key nor a pattern makes a line of its own', async () => {
    const key = 'a\n::error::b';
    const schema = { properties: { [key]: { pattern: '^\n::error::c$' } } };
    const source = await commitOf(files(schema, { 'a.json': JSON.stringify({ [key]: 'x' }) }));
    const [message] = await refusals(source, { schemas });
    expect(message).toContain(
      'does not fit its schema: /a ::error::b must match pattern "^ ::error::c$"',
    );
    expect(message).not.toContain('\n');
  });

  test('may be named one by one; the schema may be YAML, and draft-07', async () => {
    const schema = '$schema: http://json-schema.org/draft-07/schema#\ntype: object\n';
    const source = await commitOf({
      'schema.yaml': schema,
      'list.yaml': '- 1\n',
      'map.yaml': 'a: 1\n',
      'environments/a.yaml': '- 1\n',
    });
    expect(await bundled(source, { schemas: { 'map.yaml': 'schema.yaml' } })).toHaveLength(5);
    expect(
      await refusals(source, {
        schemas: { 'list.yaml': 'schema.yaml', 'environments/': 'schema.yaml' },
      }),
    ).toEqual([
      expect.stringMatching(/list\.yaml:1:1 does not fit its schema: it must be object\.$/),
      expect.stringMatching(/a\.yaml:1:1 does not fit its schema: it must be object\.$/),
    ]);
  });

  test('are named by patterns', async () => {
    const source = await commitOf({
      ...files(ENVIRONMENT, { 'a.yaml': 'port: x\n', 'b.yml': 'port: x\n' }),
      'a.yaml': 'port: x\n',
    });
    const found = async (target: string): Promise<readonly (string | undefined)[]> =>
      (await problemsOf(source, { schemas: { [target]: 'environment.schema.json' } })).map(
        ({ path }) => path?.slice(DIRECTORY.length + 1),
      );
    expect(await found('environments/*.yaml')).toEqual(['environments/a.yaml']);
    expect(await found('a.yaml')).toEqual(['a.yaml', 'environments/a.yaml']);
    expect(await found('/a.yaml')).toEqual(['a.yaml']);
    expect(await found('/none.yaml')).toEqual(['none.yaml']);
  });

  test('are refused when the schema or a file is not there', async () => {
    const source = await commitOf({ 'a.yaml': 'a: 1\n', 'text.md': '{}' });
    const schemas = { 'a.yaml': 'text.md', 'none.yaml': 'none.json', 'a.yaml/': 'a.yaml' };
    const allow = Object.entries(schemas)
      .flat()
      .map((path) => `${DIRECTORY}/${path}`);
    const unreadable = 'is named in the option schemas, but is not a readable JSON or YAML file.';
    const isNotThere = 'is a pattern of the option schemas, but names no file.';
    expect(await refusals(source, { schemas, allow })).toEqual([
      `configuration-schema: ${DIRECTORY}/text.md ${unreadable}`,
      `configuration-schema: ${DIRECTORY}/none.yaml ${isNotThere}`,
      `configuration-schema: ${DIRECTORY}/none.json ${unreadable}`,
      `configuration-schema: ${DIRECTORY}/a.yaml/ ${isNotThere}`,
      `configuration-schema: ${DIRECTORY}/a.yaml is no JSON Schema of 2020-12 or draft-07: strict mode: unknown keyword: "a".`,
    ]);
  });

  test('are refused when the schema would check nothing', async () => {
    const toml = {
      'settings.toml': 'a = 1\n',
      'environments/a.toml': 'a = 1\n',
      'own/schema.json': '{}',
    };
    const source = await commitOf({ 's.json': '{"required": ["port"]}', ...toml });
    const nothing = 'is a pattern of the option schemas, but names no JSON or YAML to check';
    const schemas = {
      'settings.toml': 's.json',
      'environments/': 's.json',
      'own/': 'own/schema.json',
    };
    expect(await refusals(source, { schemas })).toEqual(
      Object.keys(schemas).map((path) => `configuration-schema: ${DIRECTORY}/${path} ${nothing}.`),
    );
  });

  test.each(['', '# nothing\n', '---\n'])(
    'an empty file, %j, is null to its schema, as it is to every reader',
    async (text) => {
      const source = await commitOf(files(ENVIRONMENT, { 'a.yaml': text }));
      expect(await refusals(source, { schemas })).toEqual([
        expect.stringMatching(/a\.yaml:1:[14] does not fit its schema: it must be object\.$/),
      ]);
    },
  );

  test.each([
    ['7', 'is no JSON Schema'],
    ['null', 'is no JSON Schema'],
    ['{"tpye": "object"}', 'unknown keyword: "tpye"'],
    ['{"type": "thing"}', 'is no JSON Schema of 2020-12 or draft-07: schema is invalid'],
    [
      '{"$ref": "https://example.invalid/schema.json"}',
      "can't resolve reference https://example.invalid/schema.json",
    ],
    ['{"$schema": "https://example.invalid/dialect"}', 'no schema with key or ref'],
    ['{"type": "object"', 'is not JSON'],
  ])('the schema %s is refused', async (schema, what) => {
    const source = await commitOf(files(schema, { 'a.yaml': 'port: 1\n' }));
    expect((await refusals(source, { schemas })).join('\n')).toContain(what);
  });
});
