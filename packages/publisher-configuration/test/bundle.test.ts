import { createHash } from 'node:crypto';
import { needs } from '@ameide/local-registries/components';
import { npm } from '@ameide/publisher-npm';
import type { Carrier, SourceTree } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type BundleIndex, configuration } from '../src/index.ts';
import { bundled, type Content, commitOf, DIRECTORY, refusal } from './commit.ts';

const suite = needs('git');
const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMII=\n-----END RSA PRIVATE KEY-----\n';

async function refused(
  files: Readonly<Record<string, Content>>,
  ...git: readonly (readonly string[])[]
): Promise<string> {
  return refusal(await commitOf(files, ...git));
}

suite('a bundle', () => {
  test('has every file as it is committed, and an index that is true', async () => {
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
    expect(result.slice(0, -1)).toEqual(
      sorted.map(([path, content]) => ({
        path,
        content: Buffer.from(content),
        ...(path === 'run.sh' ? { executable: true } : {}),
      })),
    );
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

suite('what is wrong', () => {
  test.each([
    [
      'files that are not fit',
      { 'a.json': '{' },
      'configuration-invalid',
      `found 1: ${DIRECTORY}/a.json:1:2`,
    ],
    ['no files at all', { '.gitkeep': '' }, 'invalid-input', 'a directory with files'],
  ])('is told once for all carriers: %s', async (_title, files, code, told) => {
    const source = await commitOf(files);
    const carriers = [npm.bundle('@x/a'), npm.bundle('@x/b'), npm.bundle('@x/c')];
    const opening = configuration({ directory: DIRECTORY, carriers }).map(async (definition) =>
      definition.open(source),
    );
    const errors = (await Promise.allSettled(opening)).map((result) =>
      'reason' in result ? (result.reason as unknown) : undefined,
    );
    expect(errors[0]).toMatchObject({ code, message: expect.stringContaining(told) });
    const message =
      'directory: expected files that can be published: what is wrong with them is told of npm.bundle(@x/a)';
    for (const error of errors.slice(1))
      expect(error).toMatchObject({ code, message, hint: expect.any(String) });
  });
});

suite('a file that is not fit to be published', () => {
  test('is named with its line, and so are all the others', async () => {
    const message = await refused({
      'environments/production.yaml': 'a: 1\nb: 2\na: 3\n',
      'environments/staging.json': '{\n  "a": 1,\n}\n',
      '.env': 'TOKEN=hunter2',
      'good.yaml': 'a: 1\n',
      'bom.yaml': '\uFEFFa: 1\n',
      'bytes.json': Buffer.from('{"a": "\xff"}', 'latin1'),
      'link.yaml': { link: 'good.yaml' },
    });
    expect(message).toBe(
      [
        `6: ${DIRECTORY}/link.yaml is a symlink: a bundle carries files alone`,
        `${DIRECTORY}/.env usually holds credentials`,
        `${DIRECTORY}/bom.yaml:1:1 begins with a byte order mark`,
        `${DIRECTORY}/bytes.json is not UTF-8`,
        `${DIRECTORY}/environments/production.yaml:3:1 has the key "a" twice: readers disagree on which one counts`,
        `${DIRECTORY}/environments/staging.json:3:1 is not JSON: property name expected`,
      ].join('; '),
    );
  });

  test('is among the first eight when there are many', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, n) => [`file${n + 10}.json`, '']),
    );
    const message = await refused(files);
    expect(message).toMatch(/^12, the first 8 being: /);
    expect(message.match(/file\d\d\.json/g)).toHaveLength(8);
  });

  test.each<readonly [string, Content, string]>([
    ['.npmrc', 'x', 'usually holds credentials'],
    ['a/.env.production', 'x', 'usually holds credentials'],
    ['id_ed25519', 'x', 'usually holds credentials'],
    ['tls.pem', KEY, 'holds a private key'],
    ['values.yaml', `key: |\n  ${KEY.replaceAll('\n', '\n  ')}\n`, 'holds a private key'],
    ['notes.txt', KEY, 'holds a private key'],
    ['index.json', '{}', 'has the name of the bundle’s own index'],
    ['Index.JSON', '{}', 'when case and Unicode normal form are ignored, and has "Index.JSON"'],
    ['node_modules/a/b.yaml', '', 'is in a node_modules folder'],
    ['a/Node_Modules/b.yaml', '', 'is in a node_modules folder'],
    ['a\\b.yaml', '', 'needs a relative path'],
    ['new\nline', '', '\\nline" needs a relative path'],
    ['tab.yaml', 'a:\n\tb: 1\n', 'tab.yaml:2:1 is not YAML: Tabs are not allowed as indentation'],
    ['big.json', `"${'x'.repeat(1 << 20)}"`, 'has 1048578 bytes, more than 1048576'],
    ['link', { link: '/etc/passwd' }, 'is a symlink'],
    [
      'lfs.yaml',
      'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
      'is a Git LFS pointer',
    ],
  ])('%s', async (path, content, what) => {
    const message = await refused({ [path]: content, 'good.yaml': '' });
    expect(message.replace("'", '’')).toContain(what);
    expect(message).toMatch(/^1: /);
  });

  test('two that are one on Windows and macOS', async () => {
    expect(await refused({ 'a/B.yaml': '', 'A/b.yaml': '' })).toContain(
      'needs a path that differs from',
    );
    expect(await refused({ 'é.yaml': '', 'e\u0301.yaml': '' })).toContain(
      'needs a path that differs from',
    );
  });

  test('a submodule', async () => {
    const gitlink = [
      'update-index',
      '--add',
      '--cacheinfo',
      `160000,${'1'.repeat(40)},${DIRECTORY}/sub`,
    ];
    expect(await refused({ 'good.yaml': '' }, gitlink)).toBe(
      `1: ${DIRECTORY}/sub is a submodule: a bundle carries files alone`,
    );
  });

  test('a file that is large is none, when it is neither JSON nor YAML', async () => {
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
    expect(await refusal(source)).toBe(`1: ${DIRECTORY} has more than 67108864 bytes in its files`);
    expect(reads).toHaveLength(4);
  });
});

describe('configuration', () => {
  const carriers = [npm.bundle('@x/a')];
  test.each(['', '.', './', '/', '/etc', '..', 'a/../b', 'a//b', String.raw`a\b`, 7, undefined])(
    'refuses the directory %s',
    (directory) => {
      expect(() => configuration({ directory: directory as string, carriers })).toThrow(
        /^directory: expected a (?:path relative to|directory below) the root of the repository/,
      );
    },
  );

  test('reads its directory as other publishers do', () => {
    expect(configuration({ directory: './packages/a/', carriers })[0]?.label).toBe(
      'configuration(packages/a) by npm.bundle(@x/a)',
    );
  });

  test('refuses a name that is none, and a description that is no text', () => {
    for (const name of ['', ' ', 7]) {
      expect(() => configuration({ directory: 'a', carriers, name: name as string })).toThrow(
        /^name: expected a name, for example/,
      );
    }
    expect(() => configuration({ directory: 'a', carriers, description: 7 as never })).toThrow(
      /^description: expected a text, got "7"/,
    );
  });

  test('refuses what carries nothing, and options it does not know', () => {
    const directory = 'a';
    for (const none of [[], undefined]) {
      expect(() =>
        configuration({ directory, carriers: none as unknown as readonly Carrier[] }),
      ).toThrow(/^carriers: expected at least one/);
    }
    expect(() => configuration({ directory, carriers, schema: 'x' } as never)).toThrow(
      /^schema: expected one of the options/,
    );
    for (const schemas of [{ '../a': 'b' }, { 'a/': '/b' }, { '': 'b' }, { a: 7 }]) {
      expect(() => configuration({ directory, carriers, schemas: schemas as never })).toThrow(
        /^schemas\[.*\]: expected paths inside/,
      );
    }
  });
});
