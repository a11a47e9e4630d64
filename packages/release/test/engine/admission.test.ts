import { describe, expect, test } from 'vitest';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';

const HOME = 'https://github.com/ameideio/ameide';
const FORK = 'https://github.com/somebody/ameide.git';
const branches = ['main', 'release/1.x'];
const definition = { branches };

describe('with `branches`, a dev build is published', () => {
  test('of a commit on one of them', async () => {
    const git = createGitWorld();
    git.git('checkout', '--quiet', '-b', 'release/1.x');
    git.commit('a fix');
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
    });
  });

  test('of a commit that is checked out without its branch, and is on it', async () => {
    const git = createGitWorld();
    const sha = git.git('rev-parse', 'HEAD');
    git.commit('a later one');
    git.git('checkout', '--quiet', '--detach', sha);
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
      release: { ref: 'HEAD', sha },
    });
  });

  test('of a commit that only the branch at origin holds', async () => {
    const git = createGitWorld();
    git.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    git.git('checkout', '--quiet', '--detach');
    git.git('branch', '--quiet', '-D', 'main');
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
    });
  });

  test.each([
    ['on its own branch', 'refs/heads/feature', {}],
    [
      'under the name of another',
      'refs/heads/main',
      { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'schedule', GITHUB_REF: 'refs/heads/main' },
    ],
  ])('never of a commit beside them, %s; nothing is asked', async (_, ref, env) => {
    const world = createFakeWorld();
    const git = createGitWorld();
    git.git('checkout', '--quiet', '-b', 'feature');
    git.commit('not reviewed');
    const repository = await git.open();
    const report = await publish([fake(world, 'a')], { repository, env, definition });
    expect(report).toMatchObject({
      exitCode: 2,
      release: { channel: 'dev', ref },
      problems: [{ code: 'branch-not-published' }],
    });
    expect(report.problems[0]?.message).toContain('a commit on main or release/1.x');
    expect(world.log).toEqual([]);
  });

  test('of a commit on the branch of the only remote, whatever it is called', async () => {
    const git = createGitWorld();
    git.git('remote', 'add', 'upstream', HOME);
    git.git('update-ref', 'refs/remotes/upstream/main', 'HEAD');
    git.git('update-ref', 'refs/remotes/origin/release/1.x', 'HEAD');
    git.git('checkout', '--quiet', '--detach');
    git.git('branch', '--quiet', '-D', 'main');
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 0,
    });
    git.git('update-ref', '-d', 'refs/remotes/upstream/main');
    expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'branch-not-published' }],
    });
  });

  test.each([
    'refs/tags/refs/heads/main',
    'refs/heads/refs/heads/main',
    'refs/remotes/refs/heads/main',
    'refs/tags/refs/remotes/origin/main',
    'refs/heads/refs/remotes/origin/main',
    'refs/remotes/origin/main/x',
  ])('never of a commit that only %s holds, which is none of them', async (ref) => {
    const world = createFakeWorld();
    const git = createGitWorld();
    git.git('checkout', '--quiet', '--detach');
    git.git('branch', '--quiet', '-D', 'main');
    git.commit('not reviewed');
    git.git('update-ref', ref, 'HEAD');
    expect(await publish([fake(world, 'a')], { git, definition })).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'branch-not-published' }],
    });
    expect(world.log).toEqual([]);
  });

  test('never where none of them is in the clone: what cannot be told is not published', async () => {
    const git = createGitWorld();
    expect(
      await publish([fake(createFakeWorld(), 'a')], { git, definition: { branches: ['trunk'] } }),
    ).toMatchObject({
      exitCode: 2,
      problems: [{ code: 'branch-not-published' }],
    });
  });
});

test('a version tag is published from any branch', async () => {
  const git = createGitWorld();
  git.git('checkout', '--quiet', '-b', 'hotfix');
  git.commit('a fix');
  git.git('tag', 'v0.1.0');
  expect(await publish([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
    exitCode: 0,
    release: { channel: 'release' },
  });
});

test('a plan is made for any branch', async () => {
  const git = createGitWorld();
  git.git('checkout', '--quiet', '-b', 'feature');
  git.commit('not reviewed');
  expect(await plan([fake(createFakeWorld(), 'a')], { git, definition })).toMatchObject({
    exitCode: 0,
  });
});

describe('a clone of another repository', () => {
  /** A commit for each channel. */
  const channels = {
    dev: () => undefined,
    candidate: (git: GitWorld) => git.git('tag', 'v0.1.0-rc.1'),
    release: (git: GitWorld) => git.git('tag', 'v0.1.0'),
  };

  async function published(
    git: GitWorld,
    changes: Parameters<typeof publish>[1] = { definition: { repository: HOME } },
  ): Promise<readonly (string | number)[]> {
    const world = createFakeWorld();
    const report = await publish([fake(world, 'a')], { git, ...changes });
    if (report.exitCode !== 0) expect(world.log).toEqual([]);
    return [report.exitCode, ...report.problems.map(({ code }) => code)];
  }

  test.each(Object.entries(channels))('publishes no %s', async (channel, tag) => {
    const git = createGitWorld();
    tag(git);
    git.git('remote', 'add', 'origin', FORK);
    expect(await published(git)).toEqual([2, 'other-origin']);
    git.git('remote', 'set-url', 'origin', 'git@github.com:Ameideio/ameide.git');
    expect(await published(git)).toEqual([0]);
    git.git('remote', 'set-url', 'origin', '/srv/git/ameide');
    expect(await published(git)).toEqual([2, 'unknown-origin']);
    git.git('remote', 'remove', 'origin');
    expect(await published(git)).toEqual([2, 'unknown-origin']);
    expect(channel).toBe((await plan([fake(createFakeWorld(), 'a')], { git })).release.channel);
  });

  test('is reported by plan, with what to do', async () => {
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', 'https://user:planted@github.com/somebody/ameide.git');
    const changes = { git, definition: { repository: HOME } };
    const report = await plan([fake(createFakeWorld(), 'a')], changes);
    expect(report).toMatchObject({ exitCode: 0, problems: [{ kind: 'policy' }] });
    expect(JSON.stringify(report)).not.toContain('planted');
    expect(report.problems[0]).toMatchObject({
      message: `origin: expected a clone of ${HOME}, the release definition's repository, got "https://github.com/somebody/ameide.git"`,
      hint: `Publish from a clone of that repository, or correct the option repository. If this is its clone under another address: --origin ${HOME}`,
    });
  });

  test('is accepted with --origin, if its address does not identify it', async () => {
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', '/srv/git/ameide');
    const definition = { repository: HOME };
    expect(await published(git, { definition, origin: `${HOME}.git` })).toEqual([0]);
    expect(await published(git, { definition, origin: FORK })).toEqual([2, 'other-origin']);
    expect(await published(git, { definition, origin: '/srv/git/ameide' })).toEqual([
      2,
      'invalid-input',
    ]);
  });

  const ACTIONS = {
    GITHUB_ACTIONS: 'true',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'ameideio/ameide',
  };
  const GITLAB = { GITLAB_CI: 'true', CI_PROJECT_URL: 'https://github.com/Ameideio/ameide' };

  test.each([
    ['GitHub Actions', ACTIONS],
    ['GitLab CI', GITLAB],
  ])('is known in %s without a word in the definition', async (_, env) => {
    const git = createGitWorld();
    expect(await published(git, { env })).toEqual([2, 'unknown-origin']);
    git.git('remote', 'add', 'origin', FORK);
    expect(await published(git, { env })).toEqual([2, 'other-origin']);
    expect(await published(git, {})).toEqual([0]);
    // The definition is the fork's own.
    const definition = { repository: 'https://github.com/somebody/ameide' };
    expect(await published(git, { env, definition })).toEqual([2, 'other-origin']);
    expect(await published(git, { env, definition, origin: FORK })).toEqual([0]);
    git.git('remote', 'set-url', 'origin', HOME);
    expect(await published(git, { env })).toEqual([0]);
    expect(await published(git, { env, definition })).toEqual([2, 'other-origin']);
  });

  test('is known on Enterprise hosts, and where GITHUB_SERVER_URL is missing', async () => {
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', 'https://ghe.example.org/ameideio/ameide');
    const env = { ...ACTIONS, GITHUB_SERVER_URL: 'https://ghe.example.org' };
    expect(await published(git, { env })).toEqual([0]);
    expect(await published(git, { env: { ...env, GITHUB_SERVER_URL: '' } })).toEqual([
      2,
      'other-origin',
    ]);
  });
});
