import { describe, expect, test } from 'vitest';
import { createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { plan, publish } from '../support/run.ts';

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

  test('never from a clone of another repository, whose branches have the same names', async () => {
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', 'https://github.com/somebody/fork.git');
    const repository = 'https://github.com/ameideio/ameide';
    const report = await publish([fake(createFakeWorld(), 'a')], {
      git,
      definition: { branches, repository },
    });
    expect(report).toMatchObject({ exitCode: 2, problems: [{ code: 'other-origin' }] });
    git.git('remote', 'set-url', 'origin', 'git@github.com:Ameideio/ameide.git');
    expect(
      await publish([fake(createFakeWorld(), 'a')], { git, definition: { branches, repository } }),
    ).toMatchObject({ exitCode: 0 });
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
