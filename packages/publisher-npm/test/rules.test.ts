import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { literalSource } from '@ameide/publisher-kit/testing';
import { type Channel, parseBase, parseNpmName } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { classifyVersion } from '../src/inspect.ts';
import { npm } from '../src/npm.ts';
import { readVersionDocument } from '../src/registry/version-document.ts';
import { DEV, makeRelease, OTHER_SHA, releaseChannel, SHA } from './support/release.ts';
import { invalidInput } from './support/thrown.ts';

describe('what the registry holds is classified by digest, then by commit', () => {
  const coordinate = { ecosystem: 'npm', name: 'a', version: '1.0.0' } as const;
  const [ours, theirs] = ['sha512-b3Vycw==', 'sha512-dGhlaXJz'];
  const document = (gitHead: string | undefined, ...digests: readonly string[]) => ({
    version: '1.0.0',
    digests,
    ...(gitHead === undefined ? {} : { gitHead }),
  });

  test.each([
    ['1.0.0-dev.20251113153211', /commit again/],
    ['1.0.0-dev.20251113', /^With stamp: 'date', two commits of one day/],
    ['1.0.0-rc.1', new RegExp(`^1\\.0\\.0-rc\\.1 was released from ${OTHER_SHA}: raise the base`)],
    ['1.0.0', new RegExp(`^1\\.0\\.0 was released from ${OTHER_SHA}: raise the base`)],
  ])('the hint of a conflict at %s', (version, hint) => {
    const { problem } = classifyVersion({ ...coordinate, version }, document(OTHER_SHA, theirs), {
      sha: SHA,
    });
    expect(problem?.hint).toMatch(hint);
  });

  test.each([
    [
      'equal bytes',
      document(SHA, ours),
      { sha: SHA, digest: ours },
      { state: 'identical', sha: SHA, digest: ours },
    ],
    [
      'equal bytes, gitHead not shown',
      document(undefined, ours),
      { sha: SHA, digest: ours },
      { state: 'identical', digest: ours },
    ],
    [
      'equal bytes among several digests',
      document(SHA, theirs, ours),
      { sha: SHA, digest: ours },
      { state: 'identical', digest: ours },
    ],
    [
      'our commit, not built',
      document(SHA, theirs),
      { sha: SHA },
      { state: 'same-source', sha: SHA, digest: theirs },
    ],
    [
      'our commit, other bytes',
      document(SHA, theirs),
      { sha: SHA, digest: ours },
      { state: 'same-source', digest: theirs },
    ],
    [
      'another commit',
      document(OTHER_SHA, theirs),
      { sha: SHA },
      {
        state: 'conflict',
        sha: OTHER_SHA,
        problem: { code: 'npm-version-conflict', kind: 'conflict', rerun: 'never' },
      },
    ],
    [
      'no commit',
      document(undefined, theirs),
      { sha: SHA },
      { state: 'conflict', problem: { code: 'npm-no-git-head' } },
    ],
    [
      'any commit, when only asked what is there',
      document(OTHER_SHA, theirs),
      {},
      { state: 'same-source', sha: OTHER_SHA },
    ],
  ])('%s', (_, found, expected, finding) => {
    expect(classifyVersion(coordinate, found, expected)).toMatchObject({ coordinate, ...finding });
  });

  test.each([
    [
      'a dist-tag that looks like the version',
      { name: 'a', version: '2.0.0', dist: { integrity: ours } },
    ],
    ['another package', { name: 'b', version: '1.0.0', dist: { integrity: ours } }],
    ['no dist', { name: 'a', version: '1.0.0' }],
    ['a login page’s JSON', { login: true }],
  ])('%s is not the version’s document', (_, body) => {
    expect(readVersionDocument(body, 'a', '1.0.0')).toBeUndefined();
  });

  test.each(['main', SHA.slice(1), `${SHA}0`, SHA.toUpperCase()])(
    'a gitHead that is no full SHA names no commit: %s',
    (gitHead) => {
      const body = {
        name: 'a',
        version: '1.0.0',
        gitHead,
        dist: { integrity: `${theirs} sha1-eA== ${ours}?x` },
      };
      expect(readVersionDocument(body, 'a', '1.0.0')).toEqual({
        version: '1.0.0',
        digests: [theirs, ours],
      });
    },
  );

  test.each([SHA, 'c'.repeat(64)])(
    'a gitHead of a SHA-1 and of a SHA-256 repository names its commit: %s',
    (gitHead) => {
      const body = { name: 'a', version: '1.0.0', gitHead, dist: { integrity: ours } };
      expect(readVersionDocument(body, 'a', '1.0.0')).toEqual({
        version: '1.0.0',
        gitHead,
        digests: [ours],
      });
    },
  );
});

describe('the plan', () => {
  const plan = async (channel: Channel, options = {}, base = '0.1.0') => {
    const publisher = await npm({ directory: '.', ...options }).open(
      literalSource({ 'package.json': { name: '@x/a', version: base } }),
    );
    return publisher.plan(makeRelease({ channel, base }));
  };

  test.each<[string, Channel, object, string, readonly string[]]>([
    ['a release', releaseChannel('0.1.0'), {}, '0.1.0', ['latest']],
    [
      'a candidate',
      { kind: 'candidate', base: parseBase('0.1.0'), number: 2 },
      {},
      '0.1.0-rc.2',
      ['next'],
    ],
    ['a dev build', DEV, {}, '0.1.0-dev.20251113153211', ['dev']],
    ['a pull request', { kind: 'pull-request', number: 7 }, {}, '0.1.0-dev.20251113153211', []],
    [
      'a release under another tag',
      releaseChannel('0.1.0'),
      { distTags: { release: 'lts' } },
      '0.1.0',
      ['lts'],
    ],
    [
      'a release under several tags',
      releaseChannel('0.1.0'),
      { distTags: { release: ['latest', 'release-X.Y'] } },
      '0.1.0',
      ['latest', 'release-0.1'],
    ],
    ['a dev build under no tag', DEV, { distTags: { dev: null } }, '0.1.0-dev.20251113153211', []],
    [
      'a pull request, also when the options name a tag',
      { kind: 'pull-request', number: 7 },
      { distTags: { dev: 'canary' } },
      '0.1.0-dev.20251113153211',
      [],
    ],
  ])('of %s', async (_, channel, options, version, tags) => {
    const made = await plan(channel, options);
    expect(made).toMatchObject({
      publisher: 'npm:@x/a',
      registry: 'https://registry.npmjs.org',
      sha: SHA,
      version,
      coordinates: [{ ecosystem: 'npm', name: '@x/a', version }],
      pointers: tags.map((pointer) => ({ ecosystem: 'npm', name: '@x/a', pointer, version })),
      manifest: { name: '@x/a', version, gitHead: SHA },
      stamp: { version, gitHead: SHA, members: [] },
    });
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  test('only versions of npm packages are inspected', async () => {
    const publisher = await npm({ directory: '.' }).open(
      literalSource({ 'package.json': { name: '@x/a' } }),
    );
    const step = {} as never;
    for (const coordinate of [
      { ecosystem: 'pypi', name: '@x/a', version: '1.0.0' },
      { ecosystem: 'npm', name: '@x/a', version: 'latest' },
    ] as const) {
      expect(await invalidInput(async () => publisher.inspect({ coordinate }, step))).toMatchObject(
        { field: 'coordinate' },
      );
    }
  });
});

test('names are those that npm takes for new packages, but for scopes that no account can have', () => {
  // As npm's library has it: libnpmpublish → npm-package-arg → validate-npm-package-name.
  const required = ['libnpmpublish', 'npm-package-arg', 'validate-npm-package-name'];
  const path = required.reduce((from, name) => createRequire(from).resolve(name), import.meta.url);
  const validate = createRequire(path)(path) as (name: string) => { validForNewPackages: boolean };
  const parts = [
    '',
    'a',
    'A',
    '0',
    '-',
    '_',
    '.',
    '~',
    '!',
    "'",
    '(',
    '*',
    'é',
    '%',
    '@',
    ' ',
    '\n',
  ];
  const words = parts.flatMap((a) => parts.flatMap((b) => [`${a}${b}`, `${a}${b}z`]));
  const long = [213, 214, 215].flatMap((length) => [
    'a'.repeat(length),
    `@x/${'a'.repeat(length - 3)}`,
  ]);
  const names = [...words, ...words.flatMap((word) => [`@x/${word}`, `@${word}/a`]), ...long];
  const own = [...builtinModules, 'node_modules', 'favicon.ico', '@x/fs', '@x/node_modules'];
  const differing = [...new Set([...names, ...own])].filter((name) => {
    const { validForNewPackages: isValid } = validate(name);
    return isValid !== (attempt(() => parseNpmName(name)) !== undefined);
  });
  expect(differing.filter((name) => !/^@(?:[._]|[^/]*[!'()*])/.test(name))).toEqual([]);
  expect(differing.filter((name) => attempt(() => parseNpmName(name)) !== undefined)).toEqual([]);
});

function attempt(call: () => string): string | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}

test('each error that npm’s library raises before it sends has a rule that plan reports', () => {
  const RULES = {
    EPRIVATE: 'npm-private',
    EPACKAGEEXTENSIONS: 'npm-unsupported',
    EUNSCOPED: 'npm-access',
    // The version is the release's, never the author's.
    EBADSEMVER: undefined,
    // Provenance is not asked for.
    EUSAGE: undefined,
  };
  const path = createRequire(import.meta.url).resolve('libnpmpublish/lib/publish.js');
  const codes = readFileSync(path, 'utf8').matchAll(/code: '(E[A-Z]+)'/g);
  expect(new Set([...codes].map(([, code]) => code))).toEqual(new Set(Object.keys(RULES)));
});
