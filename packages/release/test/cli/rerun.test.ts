import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { createGitWorld } from '../support/git-world.ts';
import { githubStep } from '../support/github-step.ts';
import { startThreeRegistries, THREE_CONFIG } from '../support/three-registries.ts';

interface Pointer {
  readonly pointer: string;
  readonly outcome: string;
  readonly now: string;
}

test('a re-run of an old run publishes nothing again and leaves every pointer on the newer commit', async () => {
  await using _ = await startThreeRegistries();
  const git = createGitWorld({ origin: 'https://github.com/example/repo' });
  git.write('go/go.mod', 'module github.com/example/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  git.write('release.config.mjs', THREE_CONFIG);
  const old = git.commit('everything', '2025-11-14T09:05:00+00:00');
  const run = async (sha: string, attempt: string) => {
    git.git('checkout', '--quiet', '--detach', sha);
    const step = githubStep();
    const env = { ...step.env, GITHUB_SHA: sha, GITHUB_RUN_ATTEMPT: attempt };
    const { code, stdout } = await runCli(['-C', git.directory, 'publish', '--json'], env);
    const { pointers } = JSON.parse(stdout) as { readonly pointers: readonly Pointer[] };
    return { code, outputs: step.outputs(), pointers };
  };
  await run(old, '1');
  git.write('packages/sdk/index.js', 'export {};\n');
  const newer = await run(git.commit('newer', '2025-11-15T09:05:00+00:00'), '1');
  const again = await run(old, '2');
  expect([newer.code, again.code]).toEqual([0, 0]);
  expect(again.outputs['published']).toBe('[]');
  expect(again.pointers.map(({ outcome }) => outcome)).toEqual(
    again.pointers.map(() => 'superseded'),
  );
  const names = ({ pointers }: typeof again) => pointers.map(({ now }) => now);
  expect(names(again)).toEqual(names(newer));
});
