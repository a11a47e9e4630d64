import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNpmRegistry } from '@ameide/local-registries';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import type { CommitSha } from '@ameide/versioning-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CommitQuestion, readCommit } from '../../src/commit/commit.ts';
import { defineRelease, type ReleaseDefinition } from '../../src/definition/definition.ts';
import { builds } from '../../src/trace/builds.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { runCli } from '../support/cli.ts';
import { runProcess } from '../support/process.ts';
import { changeset, config, type Files, MINOR, member, SDK, workspace } from './situation.ts';

const BROKEN = { '.changeset/broken.md': 'no changeset\n' };

/** A repository that has released 0.1.0 and then has these files, committed. */
function released(files: Files = MINOR) {
  const repository = createTestRepository();
  onTestFinished(async () => repository[Symbol.asyncDispose]());
  repository.commit({ files: workspace({}) });
  repository.git('tag', 'v0.1.0');
  repository.commit({ files });
  const read = async (question: Partial<CommitQuestion> = {}) =>
    readCommit(await repository.open(), {
      base: { versionFile: SDK },
      afterRelease: 'changesets',
      ...question,
    });
  const target = async (question?: Partial<CommitQuestion>) =>
    (await read(question)).versions.target;
  return {
    directory: repository.directory,
    git: (...args: readonly string[]): string => repository.git(...args),
    write: (path: string, text: string): void => repository.write(path, text),
    commit: (later: Files): string => repository.commit({ files: later }),
    open: async () => repository.open(),
    target,
  };
}

describe('changesets are read', () => {
  test('at the commit, whatever the working tree or another commit has', async () => {
    const { commit, target, write, git } = released();
    const minor = git('rev-parse', 'HEAD');
    commit({ '.changeset/b.md': changeset({ sdk: 'major' }) });
    write('.changeset/b.md', 'changed\n');
    git('rm', '--quiet', '--force', '.changeset/big-cats.md', '.changeset/config.json');
    expect([await target(), await target({ revision: minor })]).toEqual(['1.0.0', '0.2.0']);
  });

  test('for pull requests, too', async () => {
    expect(await released().target({ ref: 'refs/pull/7/merge' })).toBe('0.2.0');
  });

  test('only if the base is released: not before, and not for a tag', async () => {
    const { commit, git, target } = released(BROKEN);
    await expect(target()).rejects.toMatchObject({ code: 'changeset-invalid' });
    commit({ [SDK]: member('sdk', { version: '0.2.0' }) });
    expect(await target()).toBe('0.2.0');
    git('tag', 'v0.2.0');
    expect(await target({ ref: 'refs/tags/v0.2.0' })).toBe('0.2.0');
  });

  test('without what changesets 2 have released before in pre mode', async () => {
    // `changeset version` reads these files while it moves them, so its own answer varies.
    const { target } = released({
      ...MINOR,
      '.changeset/old.md': changeset({ sdk: 'major' }),
      '.changeset/pre.json': { mode: 'pre', tag: 'beta', initialVersions: {}, changesets: ['old'] },
    });
    expect(await target()).toBe('0.2.0');
  });

  test('in a folder that is removed, never above it, and without printing', async () => {
    const { directory } = released({
      ...MINOR,
      // Changesets print a line about this range, and other lines about other files.
      'packages/other/package.json': member('other', { dependencies: { '@x/sdk': '^9.0.0' } }),
    });
    const single = createTestRepository();
    onTestFinished(async () => single[Symbol.asyncDispose]());
    single.commit({
      files: { 'package.json': member('sdk'), '.changeset/config.json': config(), ...MINOR },
    });
    single.git('tag', 'v0.1.0');
    single.commit({ files: { later: '' } });
    const above = mkdtempSync(join(tmpdir(), 'above-'));
    onTestFinished(() => rmSync(above, { recursive: true }));
    writeFileSync(join(above, 'pnpm-workspace.yaml'), 'packages: [none]\n');
    writeFileSync(join(above, 'package.json'), '{ "name": "above" }');
    const TMPDIR = join(above, 'tmp');
    mkdirSync(TMPDIR);
    const ask = async (folder: string, file: string): Promise<unknown> => {
      const argv = ['version', '--json', '--after-release', 'changesets', '--version-file', file];
      const { stdout, stderr } = await runProcess(['-C', folder, ...argv], { env: { TMPDIR } });
      return [JSON.parse(stdout).target, stderr];
    };
    expect(await ask(directory, SDK)).toEqual(['0.2.0', '']);
    expect(await ask(single.directory, 'package.json')).toEqual(['0.2.0', '']);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});

describe('the rule', () => {
  test.each([
    ['--base', '0.1.0'],
    ['--version-file', 'pyproject.toml'],
  ])('is refused with %s, and the hint says what it needs', async (...base) => {
    const { directory } = released({ 'pyproject.toml': '[project]\nversion = "0.1.0"\n' });
    const argv = ['-C', directory, 'version', '--after-release', 'changesets', ...base, '--json'];
    const { code, stdout } = await runCli(argv);
    expect([code, JSON.parse(stdout).problems[0]]).toEqual([
      2,
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(/^afterRelease: .* package\.json/),
        hint: expect.stringContaining('--version-file packages/sdk/package.json'),
      }),
    ]);
  });

  test.each([
    { versionFrom: 'tags' as const },
    { versionFile: 'VERSION' },
    { versionFile: 'packages/sdk/my-package.json' },
  ])('is refused in a definition with %o', (base) => {
    const publishers = [fake(createFakeWorld(), 'a')];
    expect(() => defineRelease({ ...base, publishers, afterRelease: 'changesets' })).toThrow(
      expect.objectContaining({ code: 'release-definition', field: 'afterRelease' }),
    );
  });

  test('loads the code of changesets, which no other rule does', async () => {
    const { directory } = released();
    const hook = `data:text/javascript,${encodeURIComponent(`
      import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });
    `)}`;
    const loads = async (rule: string): Promise<boolean> => {
      const argv = ['-C', directory, 'version', '--version-file', SDK, '--after-release', rule];
      const nodeArguments = ['--import', hook];
      const { code, stderr } = await runProcess([...argv, '--json'], { nodeArguments });
      expect([code, stderr]).toEqual([0, expect.stringContaining('loaded file')]);
      return /@changesets|@manypkg|src\/changesets/.test(stderr);
    };
    expect([await loads('changesets'), await loads('next-patch'), await loads('keep')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('names the same artifact in version, plan, publish and trace', async () => {
    await using registry = await startNpmRegistry();
    const npm = import.meta.resolve('@ameide/publisher-npm');
    const { directory, git } = released({
      ...MINOR,
      'release.config.mjs': `import { npm } from '${npm}';
export default {
  versionFile: '${SDK}',
  afterRelease: 'changesets',
  publishers: [npm({ directory: 'packages/sdk', registry: '${registry.url}', token: '${registry.token}' })],
};`,
    });
    git('remote', 'add', 'origin', 'https://github.com/x/sdk');
    const artifact = async (...argv: string[]): Promise<unknown> => {
      const { stdout } = await runCli(['-C', directory, ...argv, '--json']);
      const [{ coordinate, state }] = JSON.parse(stdout).artifacts;
      return [coordinate, state];
    };
    const name = expect.stringMatching(/^npm:@x\/sdk@0\.2\.0-dev\.\d{14}$/);
    expect(await artifact('version')).toEqual([name, undefined]);
    expect(await artifact('plan')).toEqual([name, 'absent']);
    await artifact('publish');
    expect(await artifact('trace', 'HEAD')).toEqual([name, 'same-source']);
  });
});

describe('trace', () => {
  const definition: ReleaseDefinition = {
    versionFile: SDK,
    afterRelease: 'changesets',
    publishers: [fake(createFakeWorld(), 'a')],
  };
  const targets = async ({ open, git }: ReturnType<typeof released>) => {
    const sha = git('rev-parse', 'HEAD') as CommitSha;
    const { commits, notes } = await builds(await open(), sha, definition);
    return { targets: commits.map(({ versions }) => versions.target), notes };
  };

  test("begins with the definition's rule, then asks by the names of the other rules", async () => {
    expect(await targets(released())).toEqual({ targets: ['0.2.0', '0.1.1', '0.1.0'], notes: [] });
  });

  test('says why that name is unknown where the commit has no readable changesets', async () => {
    expect(await targets(released(BROKEN))).toEqual({
      targets: ['0.1.1', '0.1.0'],
      notes: [expect.stringContaining('.changeset/broken.md')],
    });
  });
});
