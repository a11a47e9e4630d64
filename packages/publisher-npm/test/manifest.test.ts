import { literalSource } from '@ameide/publisher-kit/testing';
import { parseManifestJson } from '@ameide/source-files/json';
import { publish } from 'libnpmpublish';
import { describe, expect, test } from 'vitest';
import { escapedName, tarballName } from '../src/manifest/name.ts';
import { npm } from '../src/npm.ts';
import { invalidInput } from './support/thrown.ts';

const GOOD = { name: '@ameideio/sdk', version: '0.1.0' };

describe('a package.json that cannot be published is refused at open, naming the field', () => {
  const open = async (text: string | object, options = {}) => {
    const source = literalSource({ 'packages/sdk/package.json': text });
    return npm({ directory: 'packages/sdk', ...options }).open(source);
  };

  test.each<[string, string | object, string, string]>([
    ['not JSON', '{ "name": ', 'npm-manifest', 'packages/sdk/package.json'],
    ['a comment', '{ "name": "a" } // x', 'npm-manifest', 'packages/sdk/package.json'],
    ['not an object', '["name"]', 'npm-manifest', 'packages/sdk/package.json'],
    [
      'a duplicate key',
      '{ "name": "a", "version": "1.0.0", "name": "b" }',
      'npm-manifest',
      'packages/sdk/package.json',
    ],
    [
      'a duplicate key below',
      '{ "name": "a", "dependencies": { "x": "1", "x": "2" } }',
      'npm-manifest',
      'packages/sdk/package.json',
    ],
    [
      'an escaped duplicate key',
      String.raw`{ "name": "a", "n\u0061me": "b" }`,
      'npm-manifest',
      'packages/sdk/package.json',
    ],
    [
      '__proto__',
      '{ "name": "a", "__proto__": { "private": false } }',
      'npm-manifest',
      'packages/sdk/package.json',
    ],
    [
      'deep nesting',
      `{ "name": "a", "x": ${'['.repeat(5000)}${']'.repeat(5000)} }`,
      'npm-manifest',
      'packages/sdk/package.json',
    ],
    ['no name', { version: '1.0.0' }, 'npm-name', 'packages/sdk/package.json: name'],
    ['an upper-case name', { name: 'SDK' }, 'npm-name', 'packages/sdk/package.json: name'],
    ['a name with a traversal', { name: '../sdk' }, 'npm-name', 'packages/sdk/package.json: name'],
    ['a name with a space', { name: 'a b' }, 'npm-name', 'packages/sdk/package.json: name'],
    [
      'a name that npm takes for no new package',
      { name: 'a~b' },
      'npm-name',
      'packages/sdk/package.json: name',
    ],
    ...[true, 'true', 'false', 1, {}].map((value): [string, object, string, string] => [
      `private: ${JSON.stringify(value)}`,
      { ...GOOD, private: value },
      'npm-private',
      'packages/sdk/package.json: private',
    ]),
    [
      'files as text',
      { ...GOOD, files: 'lib' },
      'npm-manifest',
      'packages/sdk/package.json: files',
    ],
    [
      'a version that is none',
      { ...GOOD, version: 'v1' },
      'npm-manifest',
      'packages/sdk/package.json: version',
    ],
    [
      'dependencies as a list',
      { ...GOOD, dependencies: ['a'] },
      'npm-manifest',
      'packages/sdk/package.json: dependencies',
    ],
    [
      'a range that is a number',
      { ...GOOD, dependencies: { a: 1 } },
      'npm-manifest',
      'packages/sdk/package.json: dependencies.a',
    ],
    [
      'a tag of its own',
      { ...GOOD, tag: 'latest' },
      'npm-unsupported',
      'packages/sdk/package.json: tag',
    ],
    [
      'publishConfig.tag',
      { ...GOOD, publishConfig: { tag: 'beta' } },
      'npm-unsupported',
      'packages/sdk/package.json: publishConfig.tag',
    ],
    [
      'publishConfig.name',
      { ...GOOD, publishConfig: { name: 'b' } },
      'npm-unsupported',
      'packages/sdk/package.json: publishConfig.name',
    ],
    [
      'publishConfig.directory outside the repository',
      { ...GOOD, publishConfig: { directory: '../../../dist' } },
      'npm-manifest',
      'packages/sdk/package.json: publishConfig.directory',
    ],
    [
      'publishConfig.provenance',
      { ...GOOD, publishConfig: { provenance: true } },
      'npm-unsupported',
      'packages/sdk/package.json: publishConfig.provenance',
    ],
    [
      'packageExtensions',
      { ...GOOD, packageExtensions: {} },
      'npm-unsupported',
      'packages/sdk/package.json: packageExtensions',
    ],
    [
      'another registry',
      { ...GOOD, publishConfig: { registry: 'https://registry.example.com' } },
      'npm-registry-mismatch',
      'packages/sdk/package.json: publishConfig.registry',
    ],
    ...['http://registry.npmjs.org', 'https://me:hunter22@registry.npmjs.org', 'npmjs', 7].map(
      (registry): [string, object, string, string] => [
        `publishConfig.registry ${registry}, which no token may be sent to`,
        { ...GOOD, publishConfig: { registry } },
        'npm-registry-mismatch',
        'packages/sdk/package.json: publishConfig.registry',
      ],
    ),
    [
      'another registry for the scope',
      { ...GOOD, publishConfig: { '@ameideio:registry': 'https://registry.example.com' } },
      'npm-registry-mismatch',
      'packages/sdk/package.json: publishConfig.@ameideio:registry',
    ],
    [
      'an unknown access',
      { ...GOOD, publishConfig: { access: 'secret' } },
      'npm-access',
      'publishConfig.access',
    ],
    [
      'restricted without a scope',
      { name: 'sdk', publishConfig: { access: 'restricted' } },
      'npm-access',
      'access',
    ],
  ])('%s', async (_, manifest, code, field) => {
    expect(await invalidInput(() => open(manifest))).toMatchObject({ code, field });
  });

  test('a missing file names the path and the option', async () => {
    const error = await invalidInput(() =>
      npm({ directory: 'packages/absent' }).open(literalSource({})),
    );
    expect(error).toMatchObject({
      code: 'npm-manifest',
      field: 'packages/absent/package.json',
      hint: 'Commit it, or correct the option directory.',
    });
  });

  test.each(['package.json5', 'package.yaml'])(
    'a package with a %s alone is refused, and the hint says who reads it',
    async (name) => {
      const source = literalSource({ [`packages/sdk/${name}`]: 'name: a' });
      const error = await invalidInput(() => npm({ directory: 'packages/sdk' }).open(source));
      expect(error).toMatchObject({
        code: 'npm-manifest',
        field: 'packages/sdk/package.json',
        hint: `Only pnpm reads ${name}: replace it by a package.json.`,
      });
    },
  );

  test('what looks alike and is fine is accepted', async () => {
    const manifest = {
      ...GOOD,
      private: false,
      bundleDependencies: [],
      publishConfig: {
        registry: 'https://registry.npmjs.org/',
        access: 'public',
        provenance: false,
        name: '@ameideio/sdk',
      },
      nested: { name: 1, version: 2 },
      // npm takes directories.bin for `bin` only where there is none.
      directories: { bin: 'cmds', lib: 'lib' },
      bin: 'cmds/sdk.js',
    };
    const publisher = await open(`\uFEFF${JSON.stringify(manifest, undefined, '\t')}\r\n`);
    expect(publisher).toMatchObject({
      id: 'npm:@ameideio/sdk',
      visibleOn: 'promote',
      members: [{ ecosystem: 'npm', name: '@ameideio/sdk' }],
    });
  });
});

describe('options are checked when they are given', () => {
  test.each<[string, object, string, string]>([
    ['a directory that climbs', { directory: '../x' }, 'npm-option', 'directory'],
    ['an absolute directory', { directory: '/etc' }, 'npm-option', 'directory'],
    ['no directory', {}, 'npm-option', 'directory'],
    [
      'a registry over plain http',
      { directory: '.', registry: 'http://registry.example.com' },
      'npm-option',
      'registry',
    ],
    [
      'a registry with a query',
      { directory: '.', registry: 'https://registry.example.com/?a=b' },
      'npm-option',
      'registry',
    ],
    ['no address', { directory: '.', registry: 'npmjs' }, 'npm-option', 'registry'],
    ['an unknown access', { directory: '.', access: 'private' }, 'npm-option', 'access'],
    ['an empty build', { directory: '.', build: [] }, 'npm-option', 'build'],
    ['a misspelt option', { directory: '.', acess: 'public' }, 'npm-option', 'acess'],
    [
      'a registry of an environment variable that is not set',
      { directory: '.', registry: undefined },
      'npm-option',
      'registry',
    ],
    ['a build as a shell line', { directory: '.', build: 'pnpm run build' }, 'npm-option', 'build'],
    ['a token that is a number', { directory: '.', token: 42 }, 'npm-option', 'token'],
    ['a pattern in allow', { directory: '.', allow: ['test/*.pem'] }, 'npm-option', 'allow[0]'],
    [
      'a path in allow that climbs',
      { directory: '.', allow: ['a', '../b'] },
      'npm-option',
      'allow[1]',
    ],
    ['dist-tags as a list', { directory: '.', distTags: ['latest'] }, 'npm-option', 'distTags'],
    [
      'a dist-tag that is not text',
      { directory: '.', distTags: { dev: 7 } },
      'npm-dist-tag',
      'distTags.dev',
    ],
    [
      'a dist-tag that is a range',
      { directory: '.', distTags: { release: 'v1' } },
      'npm-dist-tag',
      'distTags.release',
    ],
    [
      'a dist-tag that is a number',
      { directory: '.', distTags: { dev: '7' } },
      'npm-dist-tag',
      'distTags.dev',
    ],
    ['the dist-tag x', { directory: '.', distTags: { dev: 'x' } }, 'npm-dist-tag', 'distTags.dev'],
    [
      'the upload tag',
      { directory: '.', distTags: { dev: 'incoming' } },
      'npm-dist-tag',
      'distTags.dev',
    ],
    [
      'latest for prereleases',
      { directory: '.', distTags: { candidate: 'latest' } },
      'npm-option',
      'distTags.candidate',
    ],
    [
      'an unknown channel',
      { directory: '.', distTags: { nightly: 'nightly' } },
      'npm-option',
      'distTags.nightly',
    ],
  ])('%s', async (_, options, code, field) => {
    expect(await invalidInput(() => npm(options as never))).toMatchObject({ code, field });
  });

  test.each([
    'https://me:hunter22@registry.example.com',
    'https://me:hunter22@',
    'https://registry.example.com/?hunter22',
    'https://registry.example.com/#hunter22',
  ])('an address with a credential is not repeated: %s', async (registry) => {
    const error = await invalidInput(() => npm({ directory: '.', registry }));
    expect(JSON.stringify([error, error.message])).not.toContain('hunter22');
  });

  test.each(['', '.', './', 'packages/sdk', './packages/sdk/'])(
    'the directory %j is read as other publishers read it',
    async (directory) => {
      const path = directory.includes('sdk') ? 'packages/sdk/package.json' : 'package.json';
      const definition = npm({ directory });
      expect(definition.label).toBe(directory.includes('sdk') ? 'npm(packages/sdk)' : 'npm(.)');
      expect(await definition.open(literalSource({ [path]: { name: 'a' } }))).toMatchObject({
        id: 'npm:a',
      });
    },
  );

  test.each([undefined, null, 'packages/sdk', []])('options that are %j', async (options) => {
    expect((await invalidInput(() => npm(options as never))).code).toBe('npm-option');
  });

  test('a bundle has options of its own, and a checked name', async () => {
    expect(await invalidInput(() => npm.bundle('Configuration'))).toMatchObject({
      code: 'npm-name',
      field: 'name',
    });
    expect(await invalidInput(() => npm.bundle('@a/b', { build: ['x'] } as never))).toMatchObject({
      code: 'npm-option',
      field: 'build',
    });
  });
});

test('a name as a part of addresses and of file names', () => {
  expect(escapedName('@scope/name')).toBe('@scope%2fname');
  expect(tarballName('@scope/name', '1.0.0')).toBe('scope-name-1.0.0.tgz');
});

test.each([
  ['\n::error::injected\n{', 'package.json: expected valid JSON'],
  ['{"a": 1,}', 'package.json: expected valid JSON (line 1 column 9)'],
  [
    '{"\u202e": 1, "\u202e": 2}',
    String.raw`package.json: expected each key once, but "\u202e" is in one object twice`,
  ],
])('what is wrong with %j is reported without its text', async (text, message) => {
  expect((await invalidInput(() => parseManifestJson(text, 'package.json'))).message).toBe(message);
});

test('a duplicate key is seen only where there is one', () => {
  const text = String.raw`{ "a": { "a": "}\"{", "b": ["a", { "a": 1 }] }, "b": "\"a\": 1", "c\\": {}, "c": {} }`;
  expect(parseManifestJson(text, 'package.json')).toEqual(JSON.parse(text));
});

describe('what libnpmpublish refuses before it sends anything is refused at open', () => {
  // Plain http to a closed port: what gets so far ends in ECONNREFUSED.
  const refusedByNpm = async (manifest: object, access?: string): Promise<boolean> => {
    const options = { registry: 'http://127.0.0.1:1/', fetchRetries: 0, access };
    const whole = { version: '1.0.0', ...manifest };
    const error: unknown = await publish(whole as never, Buffer.from('x'), options as never).catch(
      (reason: unknown) => reason,
    );
    return (error as { readonly code?: unknown }).code !== 'ECONNREFUSED';
  };

  test.each<[object, string?]>([
    [{ name: '@x/a' }],
    [{ name: '@x/a', private: false }],
    [{ name: '@x/a', private: null }],
    [{ name: '@x/a', private: '' }],
    [{ name: '@x/a', private: true }],
    [{ name: '@x/a', private: 'true' }],
    [{ name: '@x/a', private: 'false' }],
    [{ name: '@x/a', packageExtensions: {} }],
    [{ name: '.a' }],
    [{ name: 'node_modules' }],
    [{ name: 'a', version: '1' }],
    [{ name: 'a', publishConfig: { access: 'restricted' } }, 'restricted'],
  ])('%j', async (manifest, access) => {
    const source = literalSource({ 'package.json': manifest });
    const ours = await npm({ directory: '' })
      .open(source)
      .then(
        () => false,
        () => true,
      );
    expect(ours).toBe(await refusedByNpm(manifest, access));
  });
});
