import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FailureReport } from '../src/cli/failure.ts';
import { defineRelease, type ReleaseDefinition } from '../src/definition/definition.ts';
import { loadDefinition } from '../src/definition/load.ts';
import { createFakeWorld, fake } from './fake-publisher.ts';
import { createGitWorld, VERSION_FILE } from './support/git-world.ts';
import { runProcess } from './support/process.ts';

const publisher = fake(createFakeWorld(), 'a');
const GOOD: ReleaseDefinition = { versionFile: VERSION_FILE, publishers: [publisher] };
const SOURCE = 'https://github.com/ameideio/ameide';
const SIGSTORE = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: 'https://log2025-1.rekor.sigstore.dev',
};
const IDENTITY = { repository: SOURCE, workflow: '.github/workflows/publish.yml' };

test('a good definition is returned as it is', () => {
  const full: ReleaseDefinition = {
    ...GOOD,
    publishers: [publisher, [publisher]],
    prepare: [['pnpm', 'install']],
    submodules: true,
    stamp: 'date',
    afterRelease: 'keep',
    branches: ['main', 'release/1.x'],
    repository: 'https://github.com/ameideio/ameide',
    visibleWithinMs: 0,
    sigstore: { ...SIGSTORE, rekorVersion: 2, timestamps: 'https://timestamp.sigstore.dev' },
  };
  expect(defineRelease(full)).toBe(full);
});

test.each([
  ['release', null],
  ['publsihers', { ...GOOD, publsihers: [] }],
  ['versionFile', { ...GOOD, versionFile: undefined }],
  ['versionFile', { ...GOOD, versionFile: '../package.json' }],
  ['versionFile', { ...GOOD, versionFile: '/etc/passwd' }],
  ['publishers', { ...GOOD, publishers: [] }],
  ['publishers[0]', { ...GOOD, publishers: [[]] }],
  ['publishers', { ...GOOD, publishers: publisher }],
  ['publishers[1]', { ...GOOD, publishers: [publisher, 'npm'] }],
  ['publishers[0][1]', { ...GOOD, publishers: [[publisher, {}]] }],
  ['prepare', { ...GOOD, prepare: 'pnpm install' }],
  ['prepare[0]', { ...GOOD, prepare: ['pnpm install'] }],
  ['prepare[1]', { ...GOOD, prepare: [['pnpm'], []] }],
  ['prepare[0][1]', { ...GOOD, prepare: [['pnpm', 'a\0b']] }],
  ['submodules', { ...GOOD, submodules: 'recursive' }],
  ['stamp', { ...GOOD, stamp: 'week' }],
  ['afterRelease', { ...GOOD, afterRelease: 'yes' }],
  ['branches', { ...GOOD, branches: [] }],
  ['branches', { ...GOOD, branches: 'main' }],
  ['branches[0]', { ...GOOD, branches: ['release/*'] }],
  ['branches[0]', { ...GOOD, branches: ['refs/heads/main'] }],
  ['repository', { ...GOOD, repository: 'https://user:secret@github.com/o/r' }],
  ['repository', { ...GOOD, repository: 'git@github.com:o/r.git' }],
  ['visibleWithinMs', { ...GOOD, visibleWithinMs: -1 }],
  ['visibleWithinMs', { ...GOOD, visibleWithinMs: 1.5 }],
  ['repository', { ...GOOD, repository: undefined }],
  ['identity.workflow', { ...GOOD, identity: { repository: SOURCE, workflow: 'publish.yml' } }],
  ['sigstore.rekorVersion', { ...GOOD, sigstore: { ...SIGSTORE, rekorVersion: 3 } }],
  ['sigstore.timestamps', { ...GOOD, sigstore: { ...SIGSTORE, rekorVersion: 2 } }],
  ['identity.workflow', { ...GOOD, identity: { repository: SOURCE, workflow: 'a/publish.yml' } }],
  ['identity.refs', { ...GOOD, identity: { ...IDENTITY, refs: [] } }],
  ['identity.refs', { ...GOOD, identity: { ...IDENTITY, refs: 'refs/heads/main' } }],
  ['identity.refs[0]', { ...GOOD, identity: { ...IDENTITY, refs: ['main'] } }],
  ['identity.refs[1]', { ...GOOD, identity: { ...IDENTITY, refs: ['refs/tags/v*', '*'] } }],
  ['identity.refs[0]', { ...GOOD, identity: { ...IDENTITY, refs: ['refs/tags/v*.0'] } }],
  ['identity.refs[0]', { ...GOOD, identity: { ...IDENTITY, refs: ['refs/pull/7/merge'] } }],
])('a wrong %s is named', (field, definition) => {
  expect(() => defineRelease(definition as ReleaseDefinition)).toThrow(
    expect.objectContaining({ code: 'release-definition', field }),
  );
});

test('an identity may name branches and tags, exactly and by how they begin', () => {
  const refs = ['refs/heads/main', 'refs/heads/release/*', 'refs/tags/v*'];
  const definition: ReleaseDefinition = { ...GOOD, identity: { ...IDENTITY, refs } };
  expect(defineRelease(definition)).toBe(definition);
});

test.each([
  [SOURCE, '.github/workflows/publish.yml'],
  [SOURCE, 'https://github.com/ameideio/shared/.github/workflows/publish.yml'],
  ['https://gitlab.com/ameideio/ameide', '.gitlab-ci.yml'],
])('an identity of %s may have the workflow %s', (repository, workflow) => {
  const definition: ReleaseDefinition = { ...GOOD, identity: { repository, workflow } };
  expect(defineRelease(definition)).toBe(definition);
});

test('a misspelt field is asked about', () => {
  expect(() => defineRelease({ ...GOOD, publsihers: [] } as ReleaseDefinition)).toThrow(
    expect.objectContaining({ hint: 'Did you mean "publishers"?' }),
  );
});

test('of a shell line in prepare the program alone is shown', () => {
  const prepare = ['curl -H "Authorization: Bearer hunter2"'];
  expect(() => defineRelease({ ...GOOD, prepare } as unknown as ReleaseDefinition)).toThrow(
    /^prepare\[0\]: expected a program and its arguments as a list, .*, got "curl \.\.\."$/,
  );
});

describe('what is wrong in the file is reported with its position', () => {
  // Node's own loader, as users have it: the test runner has another.
  const load = async (name: string, text: string, manifest = '{}') => {
    const git = createGitWorld();
    git.write('package.json', manifest);
    git.write(name, text);
    const { stdout } = await runProcess(['-C', git.directory, 'plan', '--json']);
    const [error] = (JSON.parse(stdout) as FailureReport).problems;
    return { path: join(git.directory, name), error };
  };

  test.each([
    ['release.config.ts', '{}'],
    ['release.config.ts', '{ "type": "module" }'],
    ['release.config.mts', '{}'],
  ])('a syntax error with the lines around it: %s beside %s', async (name, manifest) => {
    const text = 'export default {\n  publishers: [\n};\n';
    const { path, error } = await load(name, text, manifest);
    expect(error).toMatchObject({ code: 'config-failed', field: 'config' });
    expect(error?.message).toContain(`${path}:3 failed with: `);
    expect(error?.message).toContain('\n    publishers: [\n  };\n');
  });

  test('an error while it runs', async () => {
    const { path, error } = await load(
      'release.config.ts',
      '\nconst { env } = globalThis.nothing;\nexport default env;\n',
    );
    expect(error?.message).toContain(`${path}:2 failed with: `);
  });

  test('a wrong option: which of the publishers it is', async () => {
    const npm = JSON.stringify(new URL('../../publisher-npm/src/index.ts', import.meta.url).href);
    const { path, error } = await load(
      'release.config.ts',
      `import { npm } from ${npm};\nexport default {\n  publishers: [\n    npm({ directory: 'a' }),\n    npm({ directory: 'b', registri: 'x' }),\n    npm({ directory: '/c' }),\n  ],\n};\n`,
    );
    expect(error).toMatchObject({
      code: 'npm-option',
      field: 'registri',
      hint: `Did you mean "registry"? It is at ${path}:5.`,
    });
    const other = await load(
      'release.config.ts',
      `import { npm } from ${npm};\nexport default npm({ directory: '/c\\u202e' });\n`,
    );
    expect(other.error).toMatchObject({
      message: expect.stringMatching(/, got "\/c\\u202e"$/),
      hint: expect.stringMatching(/It is at .*release\.config\.ts:2\.$/),
    });
  });

  test.each([
    ['npm', 'npm', "{ directory: 'a', access: 'secret' }"],
    ['npm', 'npm', "{ directory: 'a', build: 'make' }"],
    ['pypi', 'pypi', "{ directory: '../a' }"],
    ['go', 'goModule', "{ directory: 'a', mirror: 'x' }"],
    ['ghcr', 'ghcr', "{ image: 'ghcr.io/a/b', dockerfile: { directory: '../a' } }"],
    ['ghcr', 'ghcr', "{ image: 'X', files: 'a' }"],
    ['configuration', 'configuration', "{ directory: 'a', carriers: [1] }"],
  ])(
    'a wrong option of %s is reported with its line in the definition: %s(%s)',
    async (name, call, options) => {
      const module = new URL(`../../publisher-${name}/src/index.ts`, import.meta.url).href;
      const { path, error } = await load(
        'release.config.ts',
        `import { ${call} } from ${JSON.stringify(module)};\n\nexport default { publishers: [${call}(${options})] };\n`,
      );
      expect(error?.hint).toContain(`It is at ${path}:3.`);
    },
  );

  test('a repository of CommonJS packages: the file needs another name', async () => {
    const git = createGitWorld();
    git.write('package.json', '{ "type": "commonjs" }\n');
    git.write('release.config.ts', "import { join } from 'node:path';\nexport default join;\n");
    const { stdout } = await runProcess(['-C', git.directory, 'plan', '--json']);
    expect((JSON.parse(stdout) as FailureReport).problems).toMatchObject([
      {
        code: 'config-failed',
        hint: expect.stringContaining(
          'rename it to release.config.mts, or set "type": "module" there.',
        ),
      },
    ]);
  });

  test('a publisher that is not installed', async () => {
    const { error } = await load(
      'release.config.ts',
      "import { npm } from '@example/not-installed';\nexport default npm;\n",
    );
    expect(error).toMatchObject({
      code: 'config-failed',
      hint: expect.stringContaining('Install the dependencies'),
    });
  });

  test('--config is looked for from the working directory, and the path is told', async () => {
    await expect(loadDefinition('/', 'nowhere.ts')).rejects.toThrow(
      `there is no ${resolve('nowhere.ts')}`,
    );
  });
});

test.each([
  ['no-config', undefined, undefined],
  ['no-config', undefined, '/nonexistent/release.config.ts'],
  ['config-failed', 'throw new Error("no such package");', undefined],
  ['config-failed', 'export const release = {};', undefined],
  ['release-definition', 'export default { versionFile: "package.json" };', undefined],
])('%s', async (code, text, file) => {
  const git = createGitWorld();
  if (text !== undefined) git.write('release.config.mjs', text);
  await expect(loadDefinition(git.directory, file)).rejects.toMatchObject({ code });
});
