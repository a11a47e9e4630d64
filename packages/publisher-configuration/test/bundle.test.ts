import { createHash, generateKeyPairSync } from 'node:crypto';
import { needs } from '@ameide/local-registries/components';
import { ghcr } from '@ameide/publisher-ghcr';
import { type FileContent, testRelease, testStep } from '@ameide/publisher-kit/testing';
import { npm } from '@ameide/publisher-npm';
import type { Carrier, Problem, PublisherDefinition, SourceTree } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type BundleIndex, type ConfigurationOptions, configuration } from '../src/index.ts';
import { bundled, commitOf, DIRECTORY, problemsOf, refusals } from './commit.ts';

const suite = needs('git');
const LFS_POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'4d'.repeat(32)}\nsize 12345\n`;
const KEY = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

suite('a bundle', () => {
  test('has every file as it is committed, and an index with their digests', async () => {
    const files = {
      'a.yaml': 'a: 1\r\n',
      'environments/production.json': '{}',
      'environments-old/b.yaml': '',
      'B.txt': Buffer.from([0xff, 0xfe, 0, 1]),
      'ünïcode.yml': 'ü: 日本\n',
      'run.sh': '#!/bin/sh\n',
      '.env.example': 'TOKEN=\n',
    };
    const ignored = {
      '.gitignore': '*\n',
      'environments/.gitkeep': '',
      '.gitattributes': '* -text\n',
    };
    const source = await commitOf({ ...files, ...ignored }, [
      'update-index',
      '--chmod=+x',
      `${DIRECTORY}/run.sh`,
    ]);
    const result = await bundled(source, { name: 'ameide/configuration' });
    const sorted = Object.entries(files).toSorted(([a], [b]) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    expect(result.slice(0, -1).map((file) => ({ ...file, documents: null }))).toEqual(
      sorted.map(([path, content]) => ({
        path,
        content: Buffer.from(content),
        documents: null,
        ...(path === 'run.sh' ? { executable: true } : {}),
      })),
    );
    expect(
      Object.fromEntries(result.map(({ documents, path }) => [path, documents])),
    ).toMatchObject({
      'a.yaml': ['{"a":1}'],
      'environments/production.json': ['{}'],
      'ünïcode.yml': ['{"ü":"日本"}'],
      'environments-old/b.yaml': ['null'],
    });
    const index = result.at(-1);
    expect(index?.path).toBe('index.json');
    const expected: BundleIndex = {
      schema: 'ameide-configuration/index/1',
      name: 'ameide/configuration',
      version: '1.2.3',
      sha: source.sha,
      files: sorted.map(([path, content]) => ({
        path,
        sha256: createHash('sha256').update(content).digest('hex'),
        size: Buffer.byteLength(content),
      })),
    };
    expect(Buffer.from(index?.content ?? []).toString()).toBe(
      `${JSON.stringify(expected, null, 2)}\n`,
    );
    expect(await bundled(source, { name: 'ameide/configuration' })).toEqual(result);
  });

  test('has the files that include names and exclude does not', async () => {
    const source = await commitOf({
      'configuration.yaml': 'a: 1\n',
      'environments/production.yaml': 'a: 2\n',
      'environments/production.local.yaml': '{',
      'environments/link.yaml': { link: 'production.yaml' },
      'README.md': '# Read me\n',
    });
    const paths = async (options: Partial<ConfigurationOptions>): Promise<readonly string[]> =>
      (await bundled(source, options)).map(({ path }) => path);
    const exclude = ['*.local.yaml', 'link.yaml', 'none/'];
    expect(await paths({ exclude: [...exclude, '*.md'] })).toEqual([
      'configuration.yaml',
      'environments/production.yaml',
      'index.json',
    ]);
    expect(await paths({ include: ['environments', '/README.md'], exclude })).toEqual([
      'README.md',
      'environments/production.yaml',
      'index.json',
    ]);
    // Without them, both are refused.
    expect(await refusals(source)).toEqual([
      expect.stringContaining('link.yaml is a symlink'),
      expect.stringContaining('production.local.yaml:1:2 is not JSON'.replace('JSON', 'YAML')),
    ]);
  });

  test.each<readonly [Partial<ConfigurationOptions>, string, string]>([
    [{ include: ['*.yaml', 'environment/'] }, 'include[1]', '"environment/"'],
    [{ include: ['/a.yaml/'] }, 'include[0]', '"/a.yaml/"'],
    [{ include: ['/a.yaml'], exclude: ['*.yaml'] }, 'exclude', '"*.yaml"'],
  ])('is not made if %j leaves nothing of a pattern', async (options, field, received) => {
    const source = await commitOf({ 'a.yaml': '', 'b.txt': '' });
    await expect(bundled(source, options)).rejects.toMatchObject({ field, received });
  });

  test('is named after its directory', async () => {
    const index = (await bundled(await commitOf({ a: '' }))).at(-1);
    expect(JSON.parse(Buffer.from(index?.content ?? []).toString())).toMatchObject({
      name: 'configuration',
    });
  });

  test('needs a directory with files', async () => {
    const source = await commitOf({ '.gitkeep': '' });
    await expect(bundled(source)).rejects.toMatchObject({
      field: 'directory',
      code: 'invalid-input',
      hint: expect.any(String),
    });
    await expect(bundled(source, { directory: 'none' })).rejects.toMatchObject({
      field: 'directory',
      received: '"none"',
    });
    await expect(bundled(source, { directory: 'unrelated.txt' })).rejects.toMatchObject({
      field: 'directory',
    });
  });

  test('is read once for all of its carriers, and again at another commit', async () => {
    const source = await commitOf({ 'a.yaml': '' });
    const lists: string[] = [];
    const counting = (): SourceTree => ({
      ...source,
      list(directory) {
        lists.push(directory);
        return source.list(directory);
      },
    });
    const carriers = [npm.bundle('@x/a'), npm.bundle('@x/b')];
    const definitions = configuration({ directory: `${DIRECTORY}/`, carriers });
    expect(definitions.map(({ label }) => label)).toEqual([
      `configuration(${DIRECTORY}) by npm.bundle(@x/a)`,
      `configuration(${DIRECTORY}) by npm.bundle(@x/b)`,
    ]);
    const [first, second] = [counting(), counting()];
    const publishers = await Promise.all(
      definitions.map(async (definition) => definition.open(first)),
    );
    expect(publishers.map(({ id }) => id)).toEqual(['npm:@x/a', 'npm:@x/b']);
    expect(lists).toEqual([DIRECTORY]);
    await definitions[0]?.open(second);
    expect(lists).toEqual([DIRECTORY, DIRECTORY]);
  });
});

suite('problems', () => {
  test('are reported by the first carrier; the others name it', async () => {
    const source = await commitOf({ 'a.json': '{', '.wh.b': '', 'package.json': '{}' });
    const carriers = [ghcr.bundle('ghcr.io/x/a'), npm.bundle('@x/b'), npm.bundle('@x/c')];
    const definitions = configuration({ directory: DIRECTORY, carriers });
    const validate = async (definition: PublisherDefinition): Promise<readonly Problem[]> => {
      const publisher = await definition.open(source);
      using step = testStep();
      return (await publisher.validate?.(publisher.plan(testRelease()), step)) ?? [];
    };
    const [image, ...packages] = await Promise.all(definitions.map(validate));
    expect(image).toMatchObject([
      { code: 'configuration-invalid', kind: 'input', path: `${DIRECTORY}/a.json`, line: 1 },
      { code: 'ghcr-whiteout', kind: 'input', path: `${DIRECTORY}/.wh.b` },
    ]);
    for (const problems of packages)
      expect(problems).toMatchObject([
        {
          code: 'configuration-refused',
          kind: 'input',
          message: expect.stringContaining('same files as oci:ghcr.io/x/a, which reports'),
        },
        { code: 'npm-bundle-path', kind: 'input', path: `${DIRECTORY}/package.json` },
      ]);
    // One that is published alone reports them itself.
    const again = configuration({ directory: DIRECTORY, carriers });
    expect(await validate(again[2] as PublisherDefinition)).toMatchObject([
      { code: 'configuration-invalid' },
      { code: 'npm-bundle-path' },
    ]);
  });

  test('have a path, a line and a column, and all are reported', async () => {
    const source = await commitOf({
      'environments/production.yaml': 'a: 1\nb: 2\na: 3\nb: 4\n',
      'environments/staging.json': '{\n  "a": 1,\n}\n',
      '.env': 'TOKEN=hunter2',
      'good.yaml': 'a: 1\n',
      'bom.yaml': '\uFEFFa: 1\n',
      'bytes.json': Buffer.from('{"a": "\xff"}', 'latin1'),
      'link.yaml': { link: 'good.yaml' },
    });
    expect(await refusals(source)).toEqual([
      `configuration-file: ${DIRECTORY}/link.yaml is a symlink: a bundle carries files alone.`,
      `secret-file: configuration(${DIRECTORY}) would publish ${DIRECTORY}/.env, which usually holds credentials.`,
      `configuration-invalid: ${DIRECTORY}/bom.yaml:1:1 begins with a byte order mark.`,
      `configuration-invalid: ${DIRECTORY}/bytes.json is not UTF-8.`,
      `configuration-invalid: ${DIRECTORY}/environments/production.yaml:3:1 has the key "a" twice: readers disagree on which one counts.`,
      `configuration-invalid: ${DIRECTORY}/environments/production.yaml:4:1 has the key "b" twice: readers disagree on which one counts.`,
      `configuration-invalid: ${DIRECTORY}/environments/staging.json:3:1 is not JSON: property name expected.`,
    ]);
    expect((await problemsOf(source)).at(-1)).toMatchObject({
      kind: 'input',
      effect: 'none',
      rerun: 'after-fix',
      path: `${DIRECTORY}/environments/staging.json`,
      line: 3,
      column: 1,
    });
  });

  test('of one file are reported one by one up to the eighth', async () => {
    const schema = { items: { type: 'string' } };
    const source = await commitOf({
      'a.yaml': Array.from({ length: 12 }, (_, n) => `a: ${n}\n`).join(''),
      'b.json': JSON.stringify(Array.from({ length: 12 }, (_, n) => n)),
      's.json': JSON.stringify(schema),
    });
    const found = await refusals(source, { schemas: { 'b.json': 's.json' } });
    expect(found).toHaveLength(18);
    expect(found[8]).toBe(`configuration-invalid: ${DIRECTORY}/a.yaml has 3 more faults.`);
    expect(found[17]).toBe(`configuration-schema: ${DIRECTORY}/b.json has 4 more faults.`);
  });

  test.each<readonly [string, FileContent, string]>([
    ['.npmrc', 'x', 'secret-file'],
    ['a/.env.production', 'x', 'secret-file'],
    ['id_ed25519', 'x', 'secret-file'],
    ['tls.pem', KEY, 'secret-file'],
    ['values.yaml', `key: |\n  ${KEY.replaceAll('\n', '\n  ')}\n`, 'secret-file'],
    ['notes.txt', KEY, 'secret-file'],
    ['tab.yaml', 'a:\n\tb: 1\n', 'configuration-invalid'],
    ['big.json', `"${'x'.repeat(1 << 20)}"`, 'configuration-invalid'],
    ['lfs.yaml', LFS_POINTER, 'configuration-lfs-file'],
    ['model.bin', LFS_POINTER, 'configuration-lfs-file'],
  ])('%s is refused, unless its exact path is allowed', async (name, content, code) => {
    const path = `${DIRECTORY}/${name}`;
    const source = await commitOf({ [name]: content, 'good.yaml': '' });
    expect(await problemsOf(source, { allow: [name, `${path}x`] })).toMatchObject([
      { code, path, hint: expect.stringContaining('allow') },
    ]);
    expect(await problemsOf(source, { allow: [path] })).toEqual([]);
    const carriers = [npm.bundle('@x/a'), ghcr.bundle('ghcr.io/x/a')];
    for (const definition of configuration({ directory: DIRECTORY, carriers, allow: [path] })) {
      const publisher = await definition.open(source);
      const step = testStep({ source });
      onTestFinished(() => step[Symbol.dispose]());
      expect((await publisher.build(publisher.plan(testRelease()), step)).problems).toBe(undefined);
    }
  });

  test('a Git LFS pointer: the problem names project, path and ways out', async () => {
    const path = `${DIRECTORY}/model.bin`;
    expect(await problemsOf(await commitOf({ 'model.bin': LFS_POINTER }))).toMatchObject([
      {
        message: `configuration(${DIRECTORY}) would publish ${path}, which is a Git LFS pointer: a bundle contains the bytes of the commit.`,
        hint: `Keep the file in git itself. If the pointer is meant to be published: allow: ['${path}'].`,
      },
    ]);
  });

  test.each<readonly [string, FileContent, string, string]>([
    ['index.json', '{}', 'configuration-file', 'has the name of the bundle’s own index'],
    ['Index.JSON', '{}', 'path-collision', 'when case and Unicode normal form are ignored'],
    ['node_modules/a/b.yaml', '', 'configuration-file', 'is in a node_modules folder'],
    ['a/Node_Modules/b.yaml', '', 'configuration-file', 'is in a node_modules folder'],
    ['link', { link: '/etc/passwd' }, 'configuration-file', 'is a symlink'],
  ])('%s is refused, also when it is allowed', async (name, content, code, what) => {
    const source = await commitOf({ [name]: content, 'good.yaml': '' });
    const allow = [`${DIRECTORY}/${name}`];
    expect(await problemsOf(source, { allow })).toMatchObject([
      { code, kind: 'input', message: expect.stringContaining(what) },
    ]);
  });

  test.each([String.raw`a\b.yaml`, 'new\nline'])(
    'no archive can hold the name %j',
    async (name) => {
      expect(await problemsOf(await commitOf({ [name]: '', 'good.yaml': '' }))).toMatchObject([
        { code: 'file-name', kind: 'input', path: `${DIRECTORY}/${name}` },
      ]);
    },
  );

  test('two paths that are one on Windows and macOS', async () => {
    for (const files of [
      { 'a/B.yaml': '', 'A/b.yaml': '' },
      { 'é.yaml': '', 'e\u0301.yaml': '' },
    ]) {
      expect(await refusals(await commitOf(files))).toEqual([
        expect.stringMatching(/^path-collision: .*needs a path that differs from/),
      ]);
    }
  });

  test('a submodule', async () => {
    const gitlink = [
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'1'.repeat(40)},${DIRECTORY}/sub`,
    ];
    expect(await refusals(await commitOf({ 'good.yaml': '' }, gitlink))).toEqual([
      `configuration-file: ${DIRECTORY}/sub is a submodule: a bundle carries files alone.`,
    ]);
  });

  test('a large file that is neither JSON nor YAML is published', async () => {
    expect(
      await bundled(await commitOf({ 'model.bin': Buffer.alloc((1 << 20) + 1) })),
    ).toHaveLength(2);
  });

  test('files of more than 64 MiB together', async () => {
    const large = { path: 'large', mode: 'file', objectId: '' } as const;
    const reads: string[] = [];
    const source: SourceTree = {
      ...(await commitOf({ a: '' })),
      list: () =>
        Promise.resolve(
          ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({
            ...large,
            path: `${DIRECTORY}/${name}`,
          })),
        ),
      readBytes(path) {
        reads.push(path);
        return Promise.resolve(Buffer.alloc(20 << 20));
      },
    };
    expect(await refusals(source)).toEqual([
      `configuration-file: ${DIRECTORY} has more than 67108864 bytes in its files.`,
    ]);
    expect(reads).toHaveLength(4);
  });
});

describe('configuration', () => {
  const carriers = [npm.bundle('@x/a')];
  test.each(['', '.', './', '/', '/etc', '..', 'a/../b', 'a//b', String.raw`a\b`, 7, undefined])(
    'refuses the directory %s',
    (directory) => {
      expect(() => configuration({ directory: directory as string, carriers })).toThrow(
        /^directory: expected a directory below the root of the repository/,
      );
    },
  );

  test('reads its directory as other publishers do', () => {
    expect(configuration({ directory: './packages/a/', carriers })[0]?.label).toBe(
      'configuration(packages/a) by npm.bundle(@x/a)',
    );
  });

  test('refuses an empty name, and a description that is no string', () => {
    for (const name of ['', ' ', 7]) {
      expect(() => configuration({ directory: 'a', carriers, name: name as string })).toThrow(
        /^name: expected a name, for example/,
      );
    }
    expect(() => configuration({ directory: 'a', carriers, description: 7 as never })).toThrow(
      /^description: expected a string, got "7"/,
    );
  });

  test('refuses an empty list of carriers, unknown options and paths outside the directory', () => {
    const directory = 'a';
    for (const none of [[], undefined]) {
      expect(() =>
        configuration({ directory, carriers: none as unknown as readonly Carrier[] }),
      ).toThrow(/^carriers: expected at least one/);
    }
    expect(() => configuration({ directory, carriers, schema: 'x' } as never)).toThrow(
      /^schema: expected one of the options/,
    );
    for (const schemas of [{ '../a': 'b' }, { 'a/': '/b' }, { '!a': 'b' }, { a: 7 }]) {
      expect(() => configuration({ directory, carriers, schemas: schemas as never })).toThrow(
        /^schemas.*: expected (?:a pattern of )?paths inside/,
      );
    }
  });
});
