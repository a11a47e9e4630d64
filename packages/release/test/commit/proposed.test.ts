import { spawnSync } from 'node:child_process';
import { classifyRef } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import type { RunEnvironment } from '../../src/commit/ci-run.ts';
import { readCommit } from '../../src/commit/commit.ts';
import { releaseFacts } from '../../src/report/facts.ts';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { runCli } from '../support/cli.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';

const QUEUE = 'gh-readonly-queue/main/pr-104-79439c7d8c4d4f7b2f3b8b0f2c9fd0f6a2a2c5d1';
const ACTIONS = { GITHUB_ACTIONS: 'true' };

async function read(git: GitWorld, env: RunEnvironment = {}) {
  return readCommit(await git.open(), { base: { versionFile: VERSION_FILE }, env });
}

/** What a CI system leaves: HEAD detached, no branch. */
function detached(): GitWorld {
  const git = createGitWorld();
  git.git('checkout', '--quiet', '--detach');
  return git;
}

describe('what is not merged yet gets versions and is not published', () => {
  test.each<[string, RunEnvironment]>([
    [
      'the run of a merge queue (GitHub)',
      { ...ACTIONS, GITHUB_EVENT_NAME: 'merge_group', GITHUB_REF: `refs/heads/${QUEUE}` },
    ],
    [
      'the push that makes its branch',
      { ...ACTIONS, GITHUB_EVENT_NAME: 'push', GITHUB_REF: `refs/heads/${QUEUE}` },
    ],
    [
      'a merge train (GitLab)',
      { GITLAB_CI: 'true', CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/train' },
    ],
    ['a pull request (Bitbucket)', { BITBUCKET_COMMIT: 'a'.repeat(40), BITBUCKET_PR_ID: '7' }],
  ])('%s', async (_, env) => {
    const git = detached();
    const world = createFakeWorld();
    const commit = await read(git, env);
    expect(commit).toMatchObject({ channel: { kind: 'pull-request' } });
    expect(commit.versions.npm).toMatchObject({ distTag: null });
    const report = await publish([fake(world, 'a')], { git, env });
    expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'pull-request' }] });
    expect(world.log).toEqual([]);
    expect(await plan([fake(world, 'a')], { git, env })).toMatchObject({ exitCode: 0 });
  });

  test('a merge queue’s branch that is checked out by hand', async () => {
    const git = createGitWorld();
    git.git('switch', '--quiet', '-c', QUEUE);
    expect(await read(git)).toMatchObject({
      channel: { kind: 'pull-request', number: 104 },
      ref: `refs/heads/${QUEUE}`,
    });
  });

  test('its own definition is not run, because its author wrote it', async () => {
    const git = createGitWorld();
    git.write('release.config.mjs', 'throw new Error("it ran");');
    git.commit();
    const env = { ...ACTIONS, GITHUB_REF: `refs/heads/${QUEUE}` };
    const { code, stdout } = await runCli(['-C', git.directory, 'publish', '--json'], env);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ code: 'pull-request' }] });
  });

  test.each<RunEnvironment>([
    { BUILD_SOURCEBRANCH: 'refs/heads/main' },
    { TF_BUILD: 'True', BUILD_SOURCEBRANCH: 'main' },
    { CI_MERGE_REQUEST_REF_PATH: '', GERRIT_REFSPEC: '' },
  ])('what no CI system says leaves it to the clone: %j', async (env) => {
    expect(await read(detached(), env)).toMatchObject({ channel: { kind: 'dev' }, ref: 'HEAD' });
  });
});

describe('a run for a branch, of a commit with a version tag', () => {
  test('is a dev build that says so', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    const commit = await read(git, { ...ACTIONS, GITHUB_REF: 'refs/heads/main' });
    expect(commit.channel.kind).toBe('dev');
    expect(releaseFacts(commit).note).toBe(
      'The version tag v0.1.0 is on this commit, but this run is one for refs/heads/main: it is a dev build. The run for the tag publishes v0.1.0; so does --ref refs/tags/v0.1.0.',
    );
  });

  test('elsewhere, too: in GitLab the pipeline of the tag is the release', async () => {
    const git = detached();
    git.git('tag', 'v0.1.0');
    const branch = { GITLAB_CI: 'true', CI_COMMIT_BRANCH: 'main' };
    expect((await read(git, branch)).channel.kind).toBe('dev');
    const tag = { GITLAB_CI: 'true', CI_COMMIT_TAG: 'v0.1.0' };
    expect((await read(git, tag)).channel.kind).toBe('release');
  });

  test('says nothing about the tag of an ancestor', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    git.commit('more');
    const commit = await read(git, { ...ACTIONS, GITHUB_REF: 'refs/heads/main' });
    expect(commit.note).toBeUndefined();
  });
});

// The right answers are git's own.
describe('a branch may be called whatever git lets it be called', () => {
  test.each([
    "don't",
    'a&b',
    'a"b',
    '$(id)',
    '`id`',
    'a;b|c',
    'a<b>',
    'feature/-x',
    'größe',
    '-x',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a.lock',
    'a.lock/b',
    'a/.b',
    'a.',
    'a/',
    'a//b',
  ])('%s', async (name) => {
    const isOne = spawnSync('git', ['check-ref-format', '--branch', name]).status === 0;
    const classify = () => classifyRef(`refs/heads/${name}`);
    if (!isOne) return expect(classify).toThrow('ref: expected');
    expect(classify()).toEqual({ kind: 'dev' });
    const git = createGitWorld();
    git.git('switch', '--quiet', '-c', name);
    const definition = { branches: [name] };
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
      release: { ref: `refs/heads/${name}` },
    });
  });

  test('a name with characters that nobody sees is refused with the reason', () => {
    expect(() => classifyRef('refs/heads/a\u202eb')).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('nobody sees') }),
    );
  });
});
