import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { literalSource } from '@ameide/publisher-kit/testing';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { makeRelease, type ReleaseOptions, releaseChannel } from './support/release.ts';
import { invalidInput } from './support/thrown.ts';

interface Vectors {
  readonly workspace: readonly string[];
  readonly cases: readonly {
    readonly title: string;
    readonly manifest: object;
    readonly packed: object;
  }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('vectors/pnpm-pack.json', import.meta.url), 'utf8'),
) as Vectors;

// Each vector's `packed` is what pnpm 12.21 wrote for it; `needs('pnpm')` below asks the pnpm at
// hand again.
const WORKSPACE = {
  'pnpm-workspace.yaml': vectors.workspace.join('\n'),
  'package.json': { name: 'root', private: true },
  'packages/b/package.json': { name: '@x/b', version: '1.2.3' },
  'packages/c/package.json': { name: '@x/c', version: '1.2.3' },
  'packages/private/package.json': { name: '@x/private', version: '0.0.0', private: true },
};

async function packed(
  manifest: object,
  options: { members?: readonly string[]; files?: object } = {},
): Promise<Record<string, unknown>> {
  const source = literalSource({
    ...WORKSPACE,
    'packages/a/package.json': manifest,
    ...options.files,
  });
  const publisher = await npm({ directory: 'packages/a' }).open(source);
  const members = (options.members ?? []).map((name) => ({ ecosystem: 'npm' as const, name }));
  const plan = publisher.plan(makeRelease({ channel: releaseChannel('0.1.0'), members }));
  return { ...plan.manifest };
}

describe('the manifest is what pnpm pack writes, with gitHead', () => {
  test.each(vectors.cases)('$title', async ({ manifest, packed: expected }) => {
    const { gitHead, ...rest } = await packed(manifest);
    expect(rest).toEqual(expected);
    expect(gitHead).toMatch(/^[0-9a-f]{40}$/);
  });
});

needs('pnpm')('the vectors, by the real pnpm', () => {
  test.each(vectors.cases)(
    '$title',
    { timeout: 30_000 },
    async ({ manifest, packed: expected }) => {
      const root = await mkdtemp(join(tmpdir(), 'pnpm-pack-'));
      try {
        for (const [path, content] of Object.entries({
          ...WORKSPACE,
          'packages/a/package.json': manifest,
        })) {
          await mkdir(dirname(join(root, path)), { recursive: true });
          await writeFile(
            join(root, path),
            typeof content === 'string' ? content : JSON.stringify(content),
          );
        }
        const processes = createProcesses();
        const cwd = join(root, 'packages/a');
        expect(
          await processes.run({ argv: ['pnpm', 'pack', '--out', 'out.tgz'], cwd }),
        ).toMatchObject({ ok: true });
        expect(
          await processes.run({ argv: ['tar', '-xzf', 'out.tgz', 'package/package.json'], cwd }),
        ).toMatchObject({ ok: true });
        expect(JSON.parse(await readFile(join(cwd, 'package/package.json'), 'utf8'))).toEqual(
          expected,
        );
      } finally {
        await rm(root, { recursive: true });
      }
    },
  );
});

describe('a dependency published in the same release has the release’s version', () => {
  const dependencies = {
    '@x/b': 'workspace:^',
    '@x/c': 'workspace:^',
    alias: 'workspace:@x/b@~',
    path: 'workspace:../b',
  };

  test('a release', async () => {
    expect(
      await packed({ name: '@x/a', version: '0.1.0', dependencies }, { members: ['@x/b'] }),
    ).toMatchObject({
      dependencies: {
        '@x/b': '^0.1.0',
        '@x/c': '^1.2.3',
        alias: 'npm:@x/b@~0.1.0',
        path: 'npm:@x/b@0.1.0',
      },
    });
  });

  test('a dev build: the version the registry keeps, without build metadata', async () => {
    const source = literalSource({
      ...WORKSPACE,
      'packages/a/package.json': { name: '@x/a', version: '0.1.0', dependencies },
    });
    const publisher = await npm({ directory: 'packages/a' }).open(source);
    const plan = publisher.plan(makeRelease({ members: [{ ecosystem: 'npm', name: '@x/b' }] }));
    expect(plan).toMatchObject({
      coordinates: [{ ecosystem: 'npm', name: '@x/a', version: '0.1.0-dev.20251113153211' }],
      manifest: {
        version: '0.1.0-dev.20251113153211',
        dependencies: { '@x/b': '^0.1.0-dev.20251113153211' },
      },
    });
  });

  test('a member of another ecosystem is another package', async () => {
    const source = literalSource({
      ...WORKSPACE,
      'packages/a/package.json': { name: '@x/a', dependencies: { '@x/b': 'workspace:*' } },
    });
    const publisher = await npm({ directory: 'packages/a' }).open(source);
    expect(
      publisher.plan(makeRelease({ members: [{ ecosystem: 'pypi', name: '@x/b' }] })),
    ).toMatchObject({
      manifest: { dependencies: { '@x/b': '1.2.3' } },
    });
  });

  test('a private package may be a devDependency, or a member', async () => {
    expect(
      await packed({ name: '@x/a', devDependencies: { '@x/private': 'workspace:*' } }),
    ).toMatchObject({
      devDependencies: { '@x/private': '0.0.0' },
    });
    expect(
      await packed(
        { name: '@x/a', dependencies: { '@x/private': 'workspace:*' } },
        { members: ['@x/private'] },
      ),
    ).toMatchObject({
      dependencies: { '@x/private': '0.1.0' },
    });
  });
});

describe('a range that consumers could not resolve is refused, naming the dependency', () => {
  test.each<[string, object]>([
    ['dependencies.@x/none', { dependencies: { '@x/none': 'workspace:^' } }],
    ['dependencies.@x/private', { dependencies: { '@x/private': 'workspace:^' } }],
    ['dependencies.alias', { dependencies: { alias: 'workspace:@x/private@*' } }],
    ['peerDependencies.@x/none', { peerDependencies: { '@x/none': 'workspace:>=' } }],
    ['peerDependencies.alias', { peerDependencies: { alias: 'workspace:@x/b@^' } }],
    ['dependencies.up', { dependencies: { up: 'workspace:../none' } }],
    ['dependencies.react', { dependencies: { react: 'catalog:' } }],
    ['dependencies.react', { dependencies: { react: 'catalog:none' } }],
    ['dependencies.recursive', { dependencies: { recursive: 'catalog:odd' } }],
    ['dependencies.local', { dependencies: { local: 'file:../local' } }],
    ['dependencies.patched', { dependencies: { patched: 'patch:a@npm%3A^1.0.0#./a.patch' } }],
    ['dependencies.made', { dependencies: { made: 'exec:./make.js' } }],
    ['dependencies.near', { dependencies: { near: 'portal:../near' } }],
    ['optionalDependencies.local', { optionalDependencies: { local: 'link:../local' } }],
    [
      'dependencies.other',
      {
        dependencies: { local: 'file:libs/local', other: 'file:libs/other' },
        bundleDependencies: ['local'],
      },
    ],
    ['dependencies.@x/b', { dependencies: { '@x/b': 'workspace:nonsense' } }],
  ])('%s', async (dependency, fields) => {
    const error = await invalidInput(async () =>
      packed({ name: '@x/a', version: '0.1.0', ...fields }),
    );
    expect(error).toMatchObject({
      code: 'npm-range',
      field: `packages/a/package.json: ${dependency}`,
    });
    expect(error.hint).toMatch(/./);
  });

  test('a workspace package without a version, and two of one name', async () => {
    const manifest = { name: '@x/a', dependencies: { '@x/d': 'workspace:^' } };
    const without = await invalidInput(async () =>
      packed(manifest, { files: { 'packages/d/package.json': { name: '@x/d' } } }),
    );
    expect(without.hint).toBe('Give @x/d a version in its package.json.');
    const twice = {
      'packages/d/package.json': { name: '@x/d', version: '1.0.0' },
      'packages/e/package.json': { name: '@x/d', version: '2.0.0' },
    };
    const error = await invalidInput(async () => packed(manifest, { files: twice }));
    expect(error.hint).toBe('@x/d is in packages/d and packages/e: rename one.');
  });
});

/** Every level names the one before it twenty times: 20^7 texts. */
function aliasBomb(): string {
  const levels = Array.from({ length: 7 }, (_, level) => {
    const aliases = Array.from({ length: 20 }, () => (level === 0 ? 'x' : `*l${level - 1}`));
    return `l${level}: &l${level} [${aliases.join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}

describe('the workspace', () => {
  test('is read only when a range refers to its packages; its patterns are always', async () => {
    const source = literalSource({
      ...WORKSPACE,
      'packages/a/package.json': { name: '@x/a', dependencies: { semver: '^7.0.0' } },
    });
    await npm({ directory: 'packages/a' }).open(source);
    expect(new Set(source.reads)).toEqual(
      new Set(
        ['packages/a/', 'packages/', '']
          .flatMap((folder) => [`${folder}pnpm-workspace.yaml`, `${folder}package.json`])
          .filter((path) => path !== 'package.json')
          .concat('.npmrc'),
      ),
    );
  });

  test.each([
    ['a list instead of a mapping', '- packages/*'],
    ['a duplicate key', 'packages: [a]\npackages: [b]'],
    ['both default catalogs', 'catalog: { a: "1" }\ncatalogs: { default: { a: "2" } }'],
    ['a range that is a number', 'catalog: { a: 1 }'],
    ['packages as text', 'packages: packages/*'],
    ['an alias of nothing', 'packages: *a'],
    ['an alias bomb', aliasBomb()],
  ])('%s in pnpm-workspace.yaml is refused', async (_, yaml) => {
    const files = { 'pnpm-workspace.yaml': yaml };
    const error = await invalidInput(async () =>
      packed({ name: '@x/a', dependencies: { '@x/b': 'workspace:^' } }, { files }),
    );
    expect(error.code).toBe('npm-workspace');
  });

  test('anchors, aliases and merge keys are read as pnpm reads them', async () => {
    const yaml = `
packages: [packages/*]
shared: &shared
  react: &react ^18.0.0
catalog:
  <<: *shared
  react-dom: *react
`;
    const dependencies = { react: 'catalog:', 'react-dom': 'catalog:' };
    expect(
      await packed({ name: '@x/a', dependencies }, { files: { 'pnpm-workspace.yaml': yaml } }),
    ).toMatchObject({ dependencies: { react: '^18.0.0', 'react-dom': '^18.0.0' } });
  });

  test.each<[string, Readonly<Record<string, string | object>>]>([
    [
      'Yarn, in .yarnrc.yml',
      {
        'package.json': { name: 'root', workspaces: ['packages/*'] },
        'yarn.lock': '',
        '.yarnrc.yml': 'catalog: { react: ^18.0.0 }\ncatalogs: { old: { react: ^17.0.0 } }\n',
      },
    ],
    [
      'Bun, beside its workspaces',
      {
        'package.json': {
          name: 'root',
          workspaces: {
            packages: ['packages/*'],
            catalog: { react: '^18.0.0' },
            catalogs: { old: { react: '^17.0.0' } },
          },
        },
      },
    ],
    [
      'Bun, at the top',
      {
        'package.json': {
          name: 'root',
          workspaces: ['packages/*'],
          catalog: { react: '^18.0.0' },
          catalogs: { old: { react: '^17.0.0' } },
        },
      },
    ],
  ])('catalogs of %s', async (_, root) => {
    const dependencies = { react: 'catalog:', old: 'npm:react@1' };
    const peerDependencies = { react: 'catalog:old' };
    const manifest = { name: '@x/a', dependencies, peerDependencies };
    const source = literalSource({ ...root, 'packages/a/package.json': manifest });
    const publisher = await npm({ directory: 'packages/a' }).open(source);
    expect(publisher.plan(makeRelease()).manifest).toMatchObject({
      dependencies: { react: '^18.0.0', old: 'npm:react@1' },
      peerDependencies: { react: '^17.0.0' },
    });
  });

  test('Yarn’s npm: without a name becomes a range, which npm can read', async () => {
    const dependencies = { a: 'npm:^1.0.0', b: 'npm:1', c: 'npm:latest', d: 'npm:other@^1' };
    const others = {
      e: 'acme/e#semver:^1',
      f: 'git+ssh://git@example.com/f.git',
      g: 'github:acme/g',
    };
    const manifest = { name: '@x/a', dependencies: { ...dependencies, ...others } };
    const planned = async (packageManager: string): Promise<unknown> => {
      const source = literalSource({ 'package.json': { ...manifest, packageManager } });
      const publisher = await npm({ directory: '' }).open(source);
      return publisher.plan(makeRelease()).manifest['dependencies'];
    };
    const published = { a: '^1.0.0', b: '1', c: 'latest', d: 'npm:other@^1', ...others };
    expect(await planned('yarn@4.18.1')).toEqual(published);
    expect(await planned('npm@11.0.0')).toEqual({ ...dependencies, ...others });
    const npmPath = createRequire(import.meta.url).resolve('libnpmpublish');
    const npa = createRequire(npmPath)('npm-package-arg') as {
      resolve(name: string, range: string): { readonly type: string };
    };
    expect(Object.entries(published).map(([name, range]) => npa.resolve(name, range).type)).toEqual(
      ['range', 'range', 'tag', 'alias', 'git', 'git', 'git'],
    );
    expect(() => npa.resolve('a', 'npm:^1.0.0')).toThrow('must have a name');
  });

  test('the root package.json’s workspaces are read where there is no pnpm-workspace.yaml', async () => {
    const { 'pnpm-workspace.yaml': _, ...files } = WORKSPACE;
    const a = {
      'packages/a/package.json': { name: '@x/a', dependencies: { '@x/b': 'workspace:^' } },
    };
    const source = literalSource({
      ...files,
      ...a,
      'package.json': { name: 'root', workspaces: ['packages/*'] },
    });
    const publisher = await npm({ directory: 'packages/a' }).open(source);
    expect(publisher.plan(makeRelease())).toMatchObject({
      manifest: { dependencies: { '@x/b': '^1.2.3' } },
    });
  });

  test.each<[string, string, Readonly<Record<string, string | object>>]>([
    ['pnpm', 'workspace:^', { 'js/pnpm-workspace.yaml': 'packages: [packages/*]\n' }],
    ['npm', '^0.0.0', { 'js/package.json': { name: 'js', workspaces: ['packages/*'] } }],
  ])('siblings are those of the nearest workspace: %s', async (_, range, settings) => {
    const source = literalSource({
      'package.json': '{ // not JSON\n}',
      'packages/b/package.json': { name: '@x/b', version: '7.0.0' },
      ...settings,
      'js/packages/a/package.json': { name: '@x/a', dependencies: { '@x/b': range } },
      'js/packages/b/package.json': { name: '@x/b', version: '0.0.0' },
    });
    const publisher = await npm({ directory: 'js/packages/a' }).open(source);
    const members = ['@x/a', '@x/b'].map((name) => ({ ecosystem: 'npm' as const, name }));
    const { manifest, version } = publisher.plan(makeRelease({ members }));
    expect(manifest['dependencies']).toEqual({ '@x/b': `^${version}` });
  });
});

test('the repository is filled in where it is missing, and kept where it is not', async () => {
  const manifest = async (fields: object): Promise<unknown> => {
    const publisher = await npm({ directory: 'packages/a' }).open(
      literalSource({ 'packages/a/package.json': { name: '@x/a', ...fields } }),
    );
    const release = makeRelease({ repository: 'https://github.com/x/y' });
    return publisher.plan(release).manifest['repository'];
  };
  expect(await manifest({})).toEqual({
    type: 'git',
    url: 'git+https://github.com/x/y.git',
    directory: 'packages/a',
  });
  const written = { type: 'git', url: 'github:z/w' };
  expect(await manifest({ repository: 'github:z/w' })).toBe('github:z/w');
  expect(await manifest({ repository: written })).toEqual(written);
});

describe('a plan names the members of the release that it cannot be installed without', () => {
  const requires = async (release: ReleaseOptions, manifest: object): Promise<unknown> => {
    const members = ['app', '@x/a', 'b', '@x/old', '@x/dev'].map((name) => ({
      ecosystem: 'npm' as const,
      name,
    }));
    const files = {
      'pnpm-workspace.yaml': 'packages: [packages/*]\n',
      'packages/app/package.json': { name: 'app', ...manifest },
    };
    const publisher = await npm({ directory: 'packages/app' }).open(literalSource(files));
    return publisher
      .plan(makeRelease({ ...release, members }))
      .requires?.map(({ name, version }) => `${name}@${version}`);
  };
  const DEV_VERSION = '0.1.1-dev.20251113153211';

  test.each<[string, object]>([
    ['^', { dependencies: { '@x/a': 'workspace:^' } }],
    ['*', { dependencies: { '@x/a': 'workspace:*' } }],
    ['of an alias', { dependencies: { alias: 'workspace:@x/a@~' } }],
    ['of a peer', { peerDependencies: { '@x/a': 'workspace:>=' } }],
    [
      'of a peer that may be missing and a dependency',
      {
        dependencies: { '@x/a': 'workspace:^' },
        peerDependencies: { '@x/a': '*' },
        peerDependenciesMeta: { '@x/a': { optional: true } },
      },
    ],
  ])('workspace:%s asks for what is being released', async (_, manifest) => {
    expect(await requires({ base: '0.1.1' }, manifest)).toEqual([`@x/a@${DEV_VERSION}`]);
  });

  test.each<[string, object]>([
    ['a range that a lower version is in', { dependencies: { '@x/a': '^0.1.0' } }],
    ['such a range of a peer', { peerDependencies: { '@x/a': '^0.1.0' } }],
    ['a range of older versions', { dependencies: { '@x/old': '^0.0.1' } }],
    ['any version', { dependencies: { '@x/a': '*' } }],
    ['what is no range', { dependencies: { '@x/a': 'latest', b: 'github:x/b' } }],
    ['an optional dependency', { optionalDependencies: { '@x/a': 'workspace:^' } }],
    [
      'an optional dependency that is among the others, too',
      {
        dependencies: { '@x/a': 'workspace:^' },
        optionalDependencies: { '@x/a': 'workspace:^' },
      },
    ],
    [
      'an optional peer',
      {
        peerDependencies: { '@x/a': 'workspace:^' },
        peerDependenciesMeta: { '@x/a': { optional: true } },
      },
    ],
    ['a devDependency', { devDependencies: { '@x/dev': 'workspace:^' } }],
    ['what is no member', { dependencies: { semver: '^7.0.0' } }],
  ])('%s does not', async (_, manifest) => {
    expect(await requires({ base: '0.1.1' }, manifest)).toBeUndefined();
    expect(
      await requires({ base: '0.1.1', channel: releaseChannel('0.1.1') }, manifest),
    ).toBeUndefined();
  });

  test('a plain range does when nothing lower is in it', async () => {
    const manifest = { dependencies: { '@x/a': '^0.1.1', b: '>=0.1.1' } };
    expect(await requires({ base: '0.1.1', channel: releaseChannel('0.1.1') }, manifest)).toEqual([
      '@x/a@0.1.1',
      'b@0.1.1',
    ]);
    // A dev build of what 0.1.1 will be: the ranges follow it.
    expect(await requires({ base: '0.1.1' }, manifest)).toEqual([
      '@x/a@0.1.1-dev.20251113153211',
      'b@0.1.1-dev.20251113153211',
    ]);
    expect(await requires({ base: '0.1.2' }, manifest)).toBeUndefined();
  });
});
