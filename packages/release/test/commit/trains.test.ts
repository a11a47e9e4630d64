import { describe, expect, test } from 'vitest';
import { readCommit } from '../../src/commit/commit.ts';
import {
  defineRelease,
  type ReleaseDefinition,
  versionQuestion,
} from '../../src/definition/definition.ts';
import { releaseFacts } from '../../src/report/facts.ts';
import { traceCommit } from '../../src/trace/trace.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from '../support/git-world.ts';
import { publish } from '../support/run.ts';

const SDK = { versionFile: VERSION_FILE, tagPrefix: 'sdk/v' };

async function read(git: GitWorld, definition: Partial<ReleaseDefinition>, ref?: string) {
  const publishers = [fake(createFakeWorld(), 'a')];
  return readCommit(await git.open(), {
    ...versionQuestion(defineRelease({ publishers, ...definition })),
    ...(ref === undefined ? {} : { ref }),
  });
}

describe('release tags with a prefix', () => {
  test.each(['sdk/v', 'helm-', '', 'v', '@scope/name@', 'release_'])('%j', async (tagPrefix) => {
    const git = createGitWorld();
    const definition = { versionFile: VERSION_FILE, tagPrefix };
    git.git('tag', `${tagPrefix}0.1.0`);
    const ref = `refs/tags/${tagPrefix}0.1.0`;
    expect(await read(git, definition)).toMatchObject({ channel: { kind: 'release' }, ref });
    expect(await read(git, definition, ref)).toMatchObject({ channel: { kind: 'release' } });
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
      release: { channel: 'release', ref },
    });
    git.commit('after it');
    const next = await read(git, definition);
    expect(next).toMatchObject({ channel: { kind: 'dev' }, versions: { target: '0.1.1' } });
    expect(releaseFacts(next).note).toBe(
      `0.1.0 is released (tag ${tagPrefix}0.1.0), so this build leads to 0.1.1.`,
    );
    git.git('tag', `${tagPrefix}0.1.0-rc.1`);
    await expect(read(git, definition)).rejects.toMatchObject({ code: 'base-already-released' });
  });

  test('are no tags of another definition in the repository', async () => {
    const git = createGitWorld();
    git.write('helm/package.json', '{ "version": "3.0.0" }');
    git.commit();
    git.git('tag', 'sdk/v0.1.0');
    git.commit('more');
    const helm = { versionFile: 'helm/package.json', tagPrefix: 'helm-' };
    expect(await read(git, helm)).toMatchObject({
      channel: { kind: 'dev' },
      canonical: { base: '3.0.0' },
      versions: { target: '3.0.0' },
    });
    expect(await read(git, SDK)).toMatchObject({ versions: { target: '0.1.1' } });
    // Their run for the other's tag is refused, and not taken for a run of the branch.
    await expect(read(git, helm, 'refs/tags/sdk/v0.1.0')).rejects.toMatchObject({
      field: 'ref',
      message: expect.stringContaining('refs/tags/helm-X.Y.Z'),
    });
    expect(await read(git, { versionFile: VERSION_FILE })).toMatchObject({
      versions: { target: '0.1.0' },
    });
  });

  test('name the base of the commit, or nothing is published', async () => {
    const git = createGitWorld();
    git.git('tag', 'sdk/v0.2.0');
    await expect(read(git, SDK)).rejects.toMatchObject({
      code: 'tag-differs-from-base',
      hint: expect.stringContaining('tag this commit sdk/v0.1.0'),
    });
  });

  test('are those that trace looks for', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    git.git('tag', 'sdk/v0.1.0');
    const publishers = [fake(world, 'a')];
    await publish(publishers, { git, definition: SDK });
    const definition = { ...SDK, publishers };
    const report = await traceCommit('HEAD', { repository: await git.open(), definition });
    expect(report.artifacts[0]).toMatchObject({ coordinate: 'npm:a@0.1.0', state: 'same-source' });
  });

  test('are published in a run for the tag, by the command', async () => {
    const git = createGitWorld();
    git.write(
      'release.sdk.mjs',
      `export default { versionFile: '${VERSION_FILE}', tagPrefix: 'sdk/v', publishers: [{ label: 'x', open() { throw new Error('opened'); } }] };`,
    );
    git.commit();
    git.git('tag', 'sdk/v0.1.0');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/tags/sdk/v0.1.0' };
    const config = `${git.directory}/release.sdk.mjs`;
    const { stdout } = await runCli(
      ['-C', git.directory, 'publish', '--config', config, '--json'],
      env,
    );
    expect(JSON.parse(stdout)).toMatchObject({ release: { channel: 'release', target: '0.1.0' } });
  });

  test('that look like one are told at the commit', async () => {
    const git = createGitWorld();
    git.git('tag', 'sdk/v0.1');
    git.git('tag', 'v0.1');
    expect((await read(git, SDK)).note).toBe(
      'The tag sdk/v0.1 on this commit is not a version tag: version tags are sdk/vX.Y.Z and sdk/vX.Y.Z-rc.N.',
    );
  });

  test.each(['v1', 'sdk/1.', '-', 'a b', 'a..', '../', 'a~', 'a\u202e', 3])(
    '%j is no prefix',
    (tagPrefix) => {
      const publishers = [fake(createFakeWorld(), 'a')];
      const definition = { versionFile: 'a.json', publishers, tagPrefix } as ReleaseDefinition;
      expect(() => defineRelease(definition)).toThrow('tagPrefix: expected what comes before');
    },
  );
});

describe('an ancestor that was tagged in the other form', () => {
  test.each([
    ['0.1.0', undefined, 'v', ''],
    ['0.2.0', undefined, 'v', ''],
    ['v0.1.0', '', '', 'v'],
  ])('%s, where tagPrefix is %j, is told', async (tag, tagPrefix, form, other) => {
    const git = createGitWorld();
    git.git('tag', tag);
    git.commit('more');
    const definition = {
      versionFile: VERSION_FILE,
      ...(tagPrefix === undefined ? {} : { tagPrefix }),
    };
    expect((await read(git, definition)).note).toBe(
      `The tag ${tag} on an ancestor is not a version tag: version tags are ${form}X.Y.Z. If it was a release, raise the base above it, or set tagPrefix to '${other}'.`,
    );
  });

  test('below the base is nobody’s business', async () => {
    const git = createGitWorld();
    git.git('tag', '0.0.9');
    git.commit('more');
    expect((await read(git, { versionFile: VERSION_FILE })).note).toBeUndefined();
  });
});

describe('the base', () => {
  test.each([
    ['pyproject.toml', '[project]\nname = "a"\nversion = "0.3.0"\n'],
    ['sub/pyproject.toml', "[project]\r\nversion = '0.3.0'\r\n"],
    ['Cargo.toml', '[package]\nname = "a"\nversion = "0.3.0"\n'],
    ['Cargo.toml', '[workspace.package]\nversion = "0.3.0"\n'],
    [
      'Cargo.toml',
      '[workspace.package]\nversion = "0.3.0"\n[package]\nname = "a"\nversion.workspace = true\n',
    ],
    ['VERSION', '0.3.0\n'],
    ['version.txt', '\ufeff 0.3.0'],
    ['manifest.json', '{ "version": "0.3.0" }'],
  ])('is read from %s', async (versionFile, text) => {
    const git = createGitWorld();
    git.write(versionFile, text);
    git.commit();
    expect(await read(git, { versionFile })).toMatchObject({ canonical: { base: '0.3.0' } });
  });

  test.each([
    ['charts/a/Chart.yaml', 'name: a\nversion: 0.3.0\nappVersion: "1.2"\n'],
    ['src/a/_version.py', '__version__ = "0.3.0"\n'],
    ['setup.cfg', '[metadata]\nversion = 0.3.0\n'],
  ])('is not read from %s, and the hint has ways that work', async (versionFile, text) => {
    const git = createGitWorld();
    git.write(versionFile, text);
    git.commit();
    await expect(read(git, { versionFile })).rejects.toMatchObject({
      field: versionFile,
      message: expect.stringContaining('a file that is only a version'),
      hint: expect.stringContaining("versionFrom: 'tags'"),
    });
  });

  test.each([
    ['pyproject.toml', '[project]\ndynamic = ["version"]\n', 'pyproject.toml: project.version'],
    ['pyproject.toml', '[project]\nversion = "0.3.0.dev1"\n', 'pyproject.toml: project.version'],
    ['pyproject.toml', '[project', 'pyproject.toml'],
    ['Cargo.toml', '[package]\nversion.workspace = true\n', 'Cargo.toml: package.version'],
    ['VERSION', '', 'VERSION'],
    ['VERSION', 'v0.3.0\n', 'VERSION'],
    ['VERSION', '0.3.0\n0.4.0\n', 'VERSION'],
    ['package.json', '{ "version": ["0.3.0"] }', 'package.json: version'],
  ])('is not guessed from %s with %j', async (versionFile, text, field) => {
    const git = createGitWorld();
    git.write(versionFile, text);
    git.commit();
    await expect(read(git, { versionFile })).rejects.toMatchObject({ field });
  });

  test('comes from the tags where the repository has no version file', async () => {
    const git = createGitWorld();
    const definition = { versionFrom: 'tags' } as const;
    const target = async (): Promise<unknown> => (await read(git, definition)).versions.target;
    expect(await target()).toBe('0.0.0');
    git.git('tag', 'v0.3.0-rc.1');
    expect(await read(git, definition)).toMatchObject({ channel: { kind: 'candidate' } });
    git.commit('on the way to 0.3.0');
    expect(await target()).toBe('0.3.0');
    git.git('tag', 'v0.3.0');
    expect(await read(git, definition)).toMatchObject({
      channel: { kind: 'release' },
      versions: { npm: { version: '0.3.0' } },
    });
    // The dev build of the released commit keeps its version.
    const again = await read(git, definition, 'refs/heads/main');
    expect(again.versions.target).toBe('0.3.0');
    git.commit('after it');
    expect(await target()).toBe('0.3.1');
    git.git('tag', 'v0.2.0');
    await expect(read(git, definition)).rejects.toMatchObject({ code: 'base-behind-release' });
  });

  test.each([
    [{}, "versionFrom: 'tags'"],
    [{ versionFile: 'a.json', versionFrom: 'tags' }, 'not both'],
    [{ versionFrom: 'git' }, 'tags'],
  ])('must be said once: %j', (parts, expected) => {
    const publishers = [fake(createFakeWorld(), 'a')];
    const definition = { publishers, ...parts } as ReleaseDefinition;
    expect(() => defineRelease(definition)).toThrow(expected);
  });
});
