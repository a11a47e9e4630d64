import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld, type GitWorld } from '../support/git-world.ts';

const HOME = 'https://github.com/acme/sdk';
const FORK = 'https://github.com/stranger/sdk';

interface Run {
  readonly git: GitWorld;
  /** The commit of `main`, which the run is for. */
  readonly main: string;
  /** The commit that is checked out: a stranger's, whose definition says that it was loaded. */
  readonly head: string;
  /** Runs the command in that run; `loaded` is true if it loaded the stranger's definition. */
  readonly run: (
    ...argv: readonly string[]
  ) => Promise<{ readonly code: string; readonly loaded: boolean }>;
}

/** A run of `workflow_run`, after one of a pull request whose commit the workflow has checked out. */
function workflowRun(origin = HOME): Run {
  const git = createGitWorld({ origin });
  const main = git.git('rev-parse', 'HEAD');
  git.git('update-ref', 'refs/remotes/origin/main', main);
  git.git('checkout', '--quiet', '--detach');
  const loaded = join(createGitWorld().directory, 'loaded');
  const text = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(loaded)}, '');`;
  git.write('release.config.mjs', text);
  const head = git.commit("a stranger's");
  const payload = { workflow_run: { event: 'pull_request', head_sha: head, head_branch: 'main' } };
  const path = join(git.directory, '.git', 'event.json');
  writeFileSync(path, JSON.stringify(payload));
  const env = {
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'workflow_run',
    GITHUB_EVENT_PATH: path,
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'acme/sdk',
    GITHUB_SHA: main,
  };
  return {
    git,
    main,
    head,
    run: async (...argv) => {
      const { stdout } = await runCli(['-C', git.directory, ...argv, '--json'], env);
      const { problems } = JSON.parse(stdout) as { problems: readonly { code: string }[] };
      return { code: problems[0]?.code ?? '', loaded: existsSync(loaded) };
    },
  };
}

const COMMANDS = [
  ['publish'],
  ['promote'],
  ['move-pointer', 'npm:sdk@dev', '--to', '0.1.0', '--from', '0.2.0'],
  ['deprecate', 'npm:sdk@0.1.0', '--message', 'x'],
];

describe('a stranger’s commit, whose own definition has no policy', () => {
  test.each(COMMANDS)('%s refuses before it loads that', async (...argv) => {
    const { run } = workflowRun();
    expect(await run(...argv)).toEqual({ code: 'pull-request', loaded: false });
  });

  test.each(COMMANDS)('%s refuses a clone of the fork, tagged there', async (...argv) => {
    const { git, run } = workflowRun(FORK);
    git.git('tag', 'v0.1.0');
    expect(await run(...argv)).toEqual({ code: 'other-origin', loaded: false });
    git.git('remote', 'remove', 'origin');
    expect(await run(...argv)).toEqual({ code: 'unknown-origin', loaded: false });
  });

  test.each(['publish', 'promote'])(
    '%s believes no --ref that the clone denies',
    async (command) => {
      const { git, head, main, run } = workflowRun();
      const refused = { code: 'pull-request', loaded: false };
      for (const ref of [
        'refs/heads/main',
        'refs/heads/other',
        'refs/tags/v0.1.0',
        'refs/pull/7/merge',
      ])
        expect(await run(command, '--ref', ref)).toEqual(refused);
      // A branch here is what the workflow calls what it has checked out.
      git.git('update-ref', 'refs/heads/main', head);
      git.git('update-ref', 'refs/heads/refs/tags/v0.1.0', head);
      git.git('update-ref', 'refs/tags/refs/remotes/origin/other', head);
      git.git('tag', 'v0.1.0', main);
      for (const ref of ['refs/heads/main', 'refs/heads/other', 'refs/tags/v0.1.0'])
        expect(await run(command, '--ref', ref)).toEqual(refused);
    },
  );

  test.each([
    ['a branch at origin', 'refs/heads/hotfix', 'refs/remotes/origin/hotfix'],
    ['a tag', 'refs/tags/v0.1.0', 'refs/tags/v0.1.0'],
  ])('is one of the repository’s own if %s holds it, and --ref says so', async (_, ref, at) => {
    const { git, head, run } = workflowRun();
    git.git('update-ref', at, head);
    expect(await run('publish')).toEqual({ code: 'pull-request', loaded: false });
    expect(await run('publish', '--ref', ref)).toMatchObject({ loaded: true });
  });
});

test('--origin replaces the remote, and the commit is checked all the same', async () => {
  const { git, run } = workflowRun('/srv/git/sdk');
  expect(await run('publish')).toMatchObject({ code: 'unknown-origin' });
  expect(await run('publish', '--origin', HOME)).toEqual({ code: 'pull-request', loaded: false });
  expect(await run('publish', '--origin', 'sdk')).toEqual({ code: 'invalid-input', loaded: false });
  git.git('checkout', '--quiet', 'main');
  expect(await run('publish', '--origin', HOME)).toMatchObject({ code: 'no-config' });
});
