import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import type { NpmPlan } from '../src/plan.ts';
import { makeRelease, type ReleaseOptions, releaseChannel } from './support/release.ts';
import { invalidInput } from './support/thrown.ts';

const DEV = '0.1.1-dev.20251113153211';
const MEMBERS = ['@x/a', '@x/b'].map((name) => ({ ecosystem: 'npm' as const, name }));
const dev: ReleaseOptions = { base: '0.1.1', members: MEMBERS };
const released = (base: string): ReleaseOptions => ({
  base,
  channel: releaseChannel(base),
  members: MEMBERS,
});

interface Repository {
  /** Of `@x/b` in the source; null for none. */
  readonly version?: string | null;
  readonly release?: ReleaseOptions;
  readonly files?: Readonly<Record<string, string | object>>;
  /** Of `@x/a`, relative to the repository root. */
  readonly directory?: string;
}

/**
 * The plan of `@x/a`, of an npm workspace with `@x/b` (part of the release), `@x/c` (not) and
 * `@x/private`.
 */
async function planned(manifest: object, repository: Repository = {}): Promise<NpmPlan> {
  const { version = '0.0.0', release = dev, files, directory = 'packages/a' } = repository;
  const source = literalSource({
    'package.json': { name: 'root', version: '0.0.0', private: true, workspaces: ['packages/*'] },
    'packages/b/package.json': { name: '@x/b', ...(version === null ? {} : { version }) },
    'packages/c/package.json': { name: '@x/c', version: '1.2.3' },
    'packages/d/package.json': { name: '@x/d', version: '0.0.0' },
    'packages/private/package.json': { name: '@x/private', version: '0.0.0', private: true },
    ...files,
    [`${directory}/package.json`]: { name: '@x/a', version: '0.0.0', ...manifest },
  });
  const publisher = await npm({ directory }).open(source);
  return publisher.plan(makeRelease(release));
}

const published = async (manifest: object, repository?: Repository): Promise<unknown> =>
  (await planned(manifest, repository)).manifest;

describe('a plain range that the sibling’s version in the source is in follows it to the release’s version', () => {
  test.each([
    ['^0.0.0', `^${DEV}`],
    ['~0.0.0', `~${DEV}`],
    ['>=0.0.0', `>=${DEV}`],
    ['0.0.0', DEV],
    ['=v0.0.0', DEV],
    ['*', `^${DEV}`],
    ['x', `^${DEV}`],
    ['', `^${DEV}`],
    ['0.0.x', `^${DEV}`],
    ['0', `^${DEV}`],
    ['>=0.0.0 <1', `^${DEV}`],
    ['0.0.0 - 1.0.0', `^${DEV}`],
    ['^0.0.0||^1', `^${DEV}`],
    ['npm:@x/b@^0.0.0', `npm:@x/b@^${DEV}`],
  ])('%j becomes %j', async (range, expected) => {
    const dependencies = { '@x/b': range };
    expect(await published({ dependencies, optionalDependencies: dependencies })).toMatchObject({
      dependencies: { '@x/b': expected },
      optionalDependencies: { '@x/b': expected },
    });
  });

  test('under another name, and to a release', async () => {
    const manifest = { dependencies: { alias: 'npm:@x/b@~0.0.0', '@x/b': '^0.0.0' } };
    expect(await published(manifest, { release: released('2.3.0') })).toMatchObject({
      dependencies: { alias: 'npm:@x/b@~2.3.0', '@x/b': '^2.3.0' },
    });
  });

  test('also behind workspace:, where pnpm would publish what cannot be installed', async () => {
    const files = { 'pnpm-workspace.yaml': 'packages: [packages/*]\n' };
    expect(
      await published({ dependencies: { '@x/b': 'workspace:^0.0.0' } }, { files }),
    ).toMatchObject({
      dependencies: { '@x/b': `^${DEV}` },
    });
  });

  test('of a version that is a prerelease only a range of that prerelease, or any', async () => {
    const repository = { version: '0.0.0-source' };
    const dependencies = { '@x/b': '^0.0.0-source', alias: 'npm:@x/b@*', other: 'npm:@x/b@0.x' };
    expect(await published({ dependencies }, repository)).toMatchObject({
      dependencies: { '@x/b': `^${DEV}`, alias: `npm:@x/b@^${DEV}`, other: 'npm:@x/b@0.x' },
    });
  });

  test('of a package without a version only any', async () => {
    const dependencies = { '@x/b': '*', alias: 'npm:@x/b@0.x' };
    expect(await published({ dependencies }, { version: null })).toMatchObject({
      dependencies: { '@x/b': `^${DEV}`, alias: 'npm:@x/b@0.x' },
    });
  });
});

describe('every other range stays', () => {
  test.each<[string, object, Repository?]>([
    [
      'the version being published is in it',
      { dependencies: { '@x/b': '^0.1.0' } },
      { version: '0.1.0', release: released('0.1.1') },
    ],
    [
      'any version, in a release',
      { dependencies: { '@x/b': '*' } },
      { release: released('0.1.1') },
    ],
    [
      'the version in the source is not in it: it was published before',
      { dependencies: { '@x/b': '^1.0.0' } },
    ],
    ['a dist-tag', { dependencies: { '@x/b': 'latest' } }],
    ['a devDependency', { devDependencies: { '@x/b': '^0.0.0', '@x/private': '*' } }],
    [
      'a package that is not of this repository',
      { dependencies: { semver: '*', '@y/b': '^0.0.0' } },
    ],
    [
      'a package with a version of its own, published apart',
      { dependencies: { '@x/c': '^1.0.0' } },
    ],
    [
      'a placeholder, published apart, in a range of all its versions',
      { dependencies: { '@x/d': '*' } },
    ],
    ['the root, which is not linked', { dependencies: { root: '0.0.0' } }],
    [
      'outside the workspace',
      { dependencies: { '@x/b': '0.x', '@x/private': '*' } },
      { directory: 'elsewhere/a' },
    ],
    [
      'no workspace',
      { dependencies: { '@x/b': '0.x' } },
      { files: { 'package.json': { name: 'root' } } },
    ],
    [
      'pnpm, which links no plain range',
      { dependencies: { '@x/b': '0.x' } },
      { files: { 'pnpm-workspace.yaml': 'packages: [packages/*]' } },
    ],
  ])('%s', async (_, manifest, repository) => {
    expect(await published(manifest, repository)).toMatchObject(manifest);
  });
});

describe('pnpm links plain ranges when its settings say so', () => {
  test.each<[string, string, string]>([
    ['linkWorkspacePackages: true', 'linkWorkspacePackages: true', ''],
    ['linkWorkspacePackages: yes', 'linkWorkspacePackages: yes', ''],
    ['linkWorkspacePackages: deep', 'linkWorkspacePackages: deep', ''],
    ['.npmrc', '', 'registry=https://registry.npmjs.org\nlink-workspace-packages = true\n'],
  ])('%s', async (_, setting, npmrc) => {
    const files = {
      'pnpm-workspace.yaml': `packages: [packages/*]\n${setting}\ncatalog: { '@x/b': ~0.0.0 }\n`,
      '.npmrc': npmrc,
    };
    const manifest = {
      dependencies: { '@x/b': '^0.0.0' },
      peerDependencies: { '@x/b': 'catalog:' },
    };
    expect(await published(manifest, { files })).toMatchObject({
      dependencies: { '@x/b': `^${DEV}` },
      peerDependencies: { '@x/b': `~${DEV}` },
    });
  });

  test('the settings file decides, where the two differ', async () => {
    const files = {
      'pnpm-workspace.yaml': 'packages: [packages/*]\nlinkWorkspacePackages: false\n',
      '.npmrc': 'link-workspace-packages=true',
    };
    const manifest = { dependencies: { '@x/b': '0.x' } };
    expect(await published(manifest, { files })).toMatchObject(manifest);
  });
});

describe('a peer range', () => {
  test.each([
    ['^0.1.0', `^${DEV}`],
    ['0.1.0', DEV],
    ['>=0.1.0', `>=${DEV}`],
    ['^0.0.4 || ^0.1.0', `^0.0.4 || ^${DEV}`],
    ['^0.1.0||>=0.1.0 <9||^7', `^${DEV} || ^7`],
    ['*', '*'],
    ['^0.2.0', '^0.2.0'],
  ])('%j, with 0.1.0 in the source, becomes %j', async (range, expected) => {
    const manifest = {
      peerDependencies: { '@x/b': range },
      peerDependenciesMeta: { '@x/b': { optional: true } },
    };
    expect(await published(manifest, { version: '0.1.0' })).toMatchObject({
      peerDependencies: { '@x/b': expected },
    });
    expect(
      await published(manifest, { version: '0.1.0', release: released('0.1.0') }),
    ).toMatchObject({
      peerDependencies: { '@x/b': range },
    });
  });
});

describe('a range that is linked to an unpublished package is refused', () => {
  test.each<[string, object]>([
    ['dependencies.@x/private', { dependencies: { '@x/private': '*' } }],
    ['dependencies.@x/private', { dependencies: { '@x/private': '^0.0.0' } }],
    ['dependencies.alias', { dependencies: { alias: 'npm:@x/private@0.0.0' } }],
    ['optionalDependencies.@x/private', { optionalDependencies: { '@x/private': '~0.0.0' } }],
    ['peerDependencies.@x/private', { peerDependencies: { '@x/private': '*' } }],
    ['dependencies.@x/d', { dependencies: { '@x/d': '^0.0.0' } }],
    ['dependencies.@x/d', { dependencies: { '@x/d': 'workspace:^' } }],
    ['dependencies.path', { dependencies: { path: 'workspace:../private' } }],
  ])('%s', async (dependency, manifest) => {
    const error = await invalidInput(async () => planned(manifest));
    expect(error).toMatchObject({
      code: 'npm-range',
      field: `packages/a/package.json: ${dependency}`,
      expected: 'a package that is published',
    });
    expect(error.hint).toMatch(
      /^@x\/(?:private is private|d is not part of this release, and its version 0\.0\.0 is a placeholder): publish it/,
    );
  });

  test('not where it is part of the release', async () => {
    const release = { ...dev, members: [{ ecosystem: 'npm' as const, name: '@x/private' }] };
    expect(await published({ dependencies: { '@x/private': '*' } }, { release })).toMatchObject({
      dependencies: { '@x/private': `^${DEV}` },
    });
  });
});

test('what is advised instead of file: is what the package manager knows', async () => {
  const manifest = { dependencies: { '@x/b': 'file:../b' } };
  expect((await invalidInput(async () => planned(manifest))).hint).not.toContain('workspace:');
  const files = { 'pnpm-workspace.yaml': 'packages: [packages/*]\n' };
  expect((await invalidInput(async () => planned(manifest, { files }))).hint).toContain(
    'workspace:^',
  );
});

test('a plan requires what the published ranges ask for', async () => {
  const requires = async (manifest: object, repository?: Repository): Promise<unknown> =>
    (await planned(manifest, repository)).requires?.map(
      ({ name, version }) => `${name}@${version}`,
    );
  expect(await requires({ dependencies: { '@x/b': '^0.0.0' } })).toEqual([`@x/b@${DEV}`]);
  expect(await requires({ dependencies: { '@x/b': '*' } })).toEqual([`@x/b@${DEV}`]);
  expect(await requires({ peerDependencies: { '@x/b': '0.0.0' } })).toEqual([`@x/b@${DEV}`]);
  expect(
    await requires({ dependencies: { '@x/b': '^0.0.0' } }, { release: released('2.3.0') }),
  ).toEqual(['@x/b@2.3.0']);
  expect(
    await requires({ dependencies: { '@x/b': '*' } }, { release: released('2.3.0') }),
  ).toBeUndefined();
  expect(await requires({ peerDependencies: { '@x/b': '*' } })).toBeUndefined();
  expect(await requires({ dependencies: { '@x/b': '^1.0.0' } })).toBeUndefined();
});

// What a link shows is only one sign: pnpm 8 wrote none into its settings, lerna links by itself, and
// folders without a workspace may be linked by a script.
describe('a range that only this release can satisfy follows it, linked or not', () => {
  const plain = { 'package.json': { name: 'root', version: '0.0.0', private: true } };
  const layouts = {
    'folders without a workspace': plain,
    'lerna.json alone': { ...plain, 'lerna.json': { packages: ['packages/*'], version: '0.0.0' } },
    'pnpm without linkWorkspacePackages': {
      ...plain,
      'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    },
  };
  describe.each(Object.entries(layouts))('%s', (_layout, files) => {
    const ranges = async (field: string, range: string, release: ReleaseOptions = dev) => {
      const { manifest, requires } = await planned(
        { [field]: { '@x/b': range, '@x/c': range } },
        { files, release },
      );
      const { '@x/b': sibling, '@x/c': other } = manifest[field] as Record<string, string>;
      expect(other, 'what is not part of the release').toBe(range);
      return { sibling, requires: requires?.map(({ name }) => name) };
    };

    test.each([
      ['dependencies', '^0.0.0', `^${DEV}`],
      ['dependencies', '~0.0.0', `~${DEV}`],
      ['dependencies', '0.0.0', DEV],
      ['dependencies', '0.0.0-development', DEV],
      ['dependencies', '^0.1.1', `^${DEV}`],
      ['dependencies', '0.1.1', DEV],
      ['peerDependencies', '^0.0.0', `^${DEV}`],
      ['peerDependencies', '^0.1.0 || ^0.1.1', `^0.1.0 || ^${DEV}`],
    ])('%s %s becomes %s', async (field, range, expected) => {
      expect(await ranges(field, range)).toEqual({
        sibling: expected,
        requires: range.includes('||') ? undefined : ['@x/b'],
      });
    });

    // esbuild, napi-rs and swc: the loader asks for the package of each platform by its own version.
    test.each([
      ['0.1.0', { base: '0.1.0', tags: ['v0.1.0'], members: MEMBERS }, DEV],
      ['=0.1.0', { base: '0.1.0', tags: ['v0.1.0'], members: MEMBERS }, DEV],
      ['0.1.0', released('2.3.0'), '2.3.0'],
    ])(
      '%s, which is the package’s own version in the source, follows',
      async (range, release, expected) => {
        const { manifest } = await planned(
          {
            version: '0.1.0',
            optionalDependencies: { '@x/b': range, '@x/c': range, other: range },
          },
          { files, release },
        );
        expect(manifest['optionalDependencies']).toEqual({
          '@x/b': expected,
          '@x/c': range,
          other: range,
        });
      },
    );

    test('in a release, too', async () => {
      expect(await ranges('dependencies', '^0.0.0', released('2.3.0'))).toEqual({
        sibling: '^2.3.0',
        requires: ['@x/b'],
      });
    });

    // A version below the release's may have been published, and one above it from another branch.
    test.each(['^0.1.0', '^0.2.0', '0.x', '*', '>=0.0.0', 'latest'])('%s stays', async (range) => {
      expect(await ranges('dependencies', range)).toEqual({ sibling: range, requires: undefined });
    });
  });
});
