import { join } from 'node:path/posix';
import { createProcesses } from '@ameide/publisher-kit';
import {
  createTestRepository,
  type FileContent,
  type LiteralOptions,
  literalSource,
} from '@ameide/publisher-kit/testing';
import { foldersUpFrom } from '@ameide/source-files/npm';
import type { Problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { npm } from '../src/npm.ts';
import { openFolder } from '../src/pack/folder.ts';
import { ALONE, IN_REPOSITORIES } from './pack/layout-shapes.ts';
import { packWithUs } from './pack/packing.ts';
import { shapesOf, TOOLS } from './pack/shapes.ts';
import { makeRelease, releaseChannel } from './support/release.ts';
import { makeStep } from './support/step.ts';

const RELEASE = makeRelease({ channel: releaseChannel('1.0.0'), base: '1.0.0' });
const A = { name: '@x/a', version: '1.0.0' };

type Files = Readonly<Record<string, FileContent>>;

/** What `plan` reports of a package in `packages/a`, with no network and no program. */
async function validated(
  files: Files,
  {
    allow = [],
    manifest = {},
    ...literal
  }: LiteralOptions & { allow?: string[]; manifest?: object } = {},
): Promise<readonly Problem[]> {
  const source = literalSource(
    {
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'packages/a/package.json': { ...A, ...manifest },
      ...files,
    },
    literal,
  );
  const publisher = await npm({ directory: 'packages/a', allow }).open(source);
  const step = makeStep({ source });
  return (await publisher.validate?.(publisher.plan(RELEASE), step)) ?? [];
}

describe('a tracked file that looks like it holds credentials', () => {
  const KEY = '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n';
  const files = {
    'packages/a/.env.production': 'TOKEN=1',
    'packages/a/test/fixtures/.netrc': 'x',
    'packages/a/test/key.pem': KEY,
    'packages/a/test/certificate.pem': 'x',
  };
  const secrets = Object.keys(files).slice(0, 3);

  test('is a wrong input where it would be packed: all of them at once, each with its path', async () => {
    const problems = await validated(files);
    expect(new Set(problems.map(({ path }) => path))).toEqual(new Set(secrets));
    expect(problems).toHaveLength(secrets.length);
    for (const { code, kind, message, hint } of problems) {
      expect({ code, kind }).toEqual({ code: 'secret-file', kind: 'input' });
      expect(message).toContain('npm:@x/a would publish packages/a/');
      expect(hint).toContain("allow: ['packages/a/");
    }
  });

  test('is published where it is allowed by its exact path', async () => {
    expect(await validated(files, { allow: secrets })).toEqual([]);
    expect(await validated(files, { allow: ['packages/a/test', '.env.production'] })).toHaveLength(
      3,
    );
  });

  test.each<[string, object, Files]>([
    ['files leaves it out', { files: ['lib'] }, {}],
    ['the package’s .npmignore does', {}, { 'packages/a/.npmignore': '.env*\ntest\n' }],
    ['the package’s .gitignore does', {}, { 'packages/a/.gitignore': '.env*\ntest\n' }],
    ['the root’s .gitignore does', {}, { '.gitignore': '.env*\ntest\n' }],
  ])('does not count where %s', async (_, manifest, ignoring) => {
    expect(await validated({ ...files, ...ignoring }, { manifest })).toEqual([]);
  });

  test('does not count elsewhere in the repository', async () => {
    expect(await validated({ '.env': 'x', 'packages/b/.npmrc': 'x' })).toEqual([]);
  });
});

test.each([
  ['contributors', { contributors: [null] }],
  ['bin', { bin: [7] }],
  ['readme', { readme: {} }],
])(
  'a package.json that npm cannot read is refused before anything is built: %s',
  async (_, manifest) => {
    expect(await validated({}, { manifest })).toMatchObject([
      { code: 'npm-manifest', kind: 'input', reason: expect.any(String) },
    ]);
  },
);

describe('content that the clone lacks', () => {
  const missing = [
    { path: 'packages/a/model.bin', reason: 'lfs' },
    { path: 'packages/a/vendor', reason: 'submodule' },
    { path: 'third_party/x', reason: 'submodule' },
  ] as const;
  const files = { 'packages/a/model.bin': 'version https://git-lfs.github.com/spec/v1\n' };

  test('of a file in Git LFS is a wrong input, and the hint says how to fetch it', async () => {
    expect(await validated(files, { missing })).toMatchObject([
      {
        code: 'lfs-content-missing',
        kind: 'input',
        path: 'packages/a/model.bin',
        hint: expect.stringContaining('git lfs fetch'),
      },
    ]);
    expect(await validated(files, { missing, manifest: { files: ['lib'] } })).toEqual([]);
  });
});

describe('a repository that git made', () => {
  test('is read as it is: submodules and names count only where they would be packed', async () => {
    await using repository = createTestRepository();
    repository.commit({
      files: {
        'package.json': { name: 'root', private: true },
        'packages/a/package.json': { ...A, files: ['lib', 'vendor'] },
        'packages/a/lib/a.js': '',
        'packages/a/lib/alias.js': { link: 'a.js' },
        'packages/a/dead': { link: '/nowhere' },
        self: { link: '.' },
      },
    });
    const commit = repository.git('rev-parse', 'HEAD');
    for (const path of ['third_party/x', 'packages/a/vendor'])
      repository.git('update-index', '--add', '--cacheinfo', `160000,${commit},${path}`);
    const blob = repository.git('rev-parse', 'HEAD:packages/a/lib/a.js');
    await addLatin1(repository.directory, blob, [
      'test/caf',
      'packages/a/docs/caf',
      'packages/a/lib/caf',
    ]);
    const sha = repository.commit({ add: false });
    const opened = await repository.open();
    const source = opened.source(await opened.resolve(sha));

    const publisher = await npm({ directory: 'packages/a' }).open(source);
    const step = makeStep({ source });
    const problems = await publisher.validate?.(publisher.plan(RELEASE), step);
    expect(problems?.map(({ code, path }) => [code, path])).toEqual([
      ['file-name', 'packages/a/lib/caf\uFFFD'],
      ['submodule-missing', 'packages/a/vendor'],
    ]);

    const allowing = npm({ directory: 'packages/a', allow: ['packages/a/vendor'] });
    const other = await allowing.open(source);
    expect(await other.validate?.(other.plan(RELEASE), step)).toMatchObject([
      { code: 'file-name' },
    ]);
  });

  test('with names that are one file on another system', async () => {
    expect(
      await validated({ 'packages/a/lib/A.js': '', 'packages/a/lib/a.js': '', B: '', b: '' }),
    ).toMatchObject([
      {
        code: 'path-collision',
        kind: 'input',
        path: 'packages/a/lib/a.js',
        message: expect.stringContaining('npm:@x/a would publish'),
      },
    ]);
  });
});

/** Adds files whose names end in a byte that is not UTF-8. */
async function addLatin1(cwd: string, blob: string, names: readonly string[]): Promise<void> {
  const script = names
    .map((name) => `printf '100644 ${blob}\\t${name}\\351\\n' | git update-index --index-info`)
    .join(' && ');
  const result = await createProcesses().run({ argv: ['sh', '-c', script], cwd });
  expect(result.ok).toBe(true);
}

describe('of a package of Bun, plan refuses', () => {
  test.each<[string, object, Files]>([
    ['a group in files', { files: ['lib/*.@(js|ts)'] }, {}],
    ['a range in files', { files: ['v{1..3}'] }, {}],
    ['a class by name in files', { files: ['[[:alpha:]]'] }, {}],
    ['a brace that does not close in files', { files: ['lib/{a'] }, {}],
    ['a brace that does not close in an ignore file', {}, { 'packages/a/.npmignore': '{a,b\n' }],
    ['an ignore file in a folder', {}, { 'packages/a/lib/.gitignore': '!(a)*\n+(b)\n' }],
    ['an empty list of files', { files: [] }, {}],
  ])('%s', async (_, manifest, files) => {
    const problems = await validated(
      { 'bun.lock': '', 'packages/a/lib/index.js': '', ...files },
      { manifest },
    );
    expect(problems).toMatchObject([{ code: 'npm-unsupported', kind: 'input' }]);
  });
});

/** Links to bundled packages are made by an installation, never committed. */
const COMMITTED = [
  ...TOOLS.flatMap((tool) =>
    shapesOf(tool, ALONE).map((shape) => ({ ...shape, title: `${tool}: ${shape.title}` })),
  ),
  ...IN_REPOSITORIES,
].filter(({ made = {} }) => !Object.values(made).some((content) => isLink(content)));

describe('the choice of files at the commit is the one in a checkout', () => {
  test.each(COMMITTED.map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
    const files = { ...shape.files, ...shape.made };
    const source = literalSource(files);
    const registry = { url: 'https://registry.npmjs.org', origin: 'https://registry.npmjs.org' };
    const directory = shape.directory ?? '';
    const packer = await openFolder(source, {
      directory,
      registry,
      provenance: false,
      processes: createProcesses(),
    });
    const publisher = await npm({ directory }).open(source);
    const step = makeStep({ source });
    const chosen = (await packer.committedFiles?.(publisher.plan(RELEASE), step)) ?? [];

    const { checkout } = makeStep({ files });
    const packed = Object.keys(await packWithUs({ ...shape, files }, checkout));
    const inRepository = packed.map((path) => {
      // pnpm takes a LICENSE from the workspace's root.
      const places = foldersUpFrom(packer.directory ?? '').map((folder) => join(folder, path));
      return places.find((place) => files[place] !== undefined) ?? path;
    });
    expect(chosen.map(({ path }) => path).toSorted()).toEqual(
      inRepository.filter((path) => !isManifest(path, packer.directory)).toSorted(),
    );
  });
});

function isLink(content: FileContent): boolean {
  return typeof content === 'object' && 'link' in content;
}

function isManifest(path: string, directory = ''): boolean {
  return path === (directory === '' ? 'package.json' : `${directory}/package.json`);
}
