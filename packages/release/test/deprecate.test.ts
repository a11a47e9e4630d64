import { startNpmRegistry } from '@ameide/local-registries';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from './support/cli.ts';
import { createGitWorld } from './support/git-world.ts';

const CONFIG = `
import { goModule } from '@ameide/publisher-go';
import { npm } from '@ameide/publisher-npm';
const { NPM, NPM_KEY } = process.env;
export default {
  versionFile: 'packages/sdk/package.json',
  repository: 'https://github.com/example/repo',
  publishers: [
    npm({ directory: 'packages/sdk', registry: NPM, token: NPM_KEY }),
    goModule({ directory: 'go' }),
  ],
};
`;

test('the command deprecates a bad release, and takes that back', async () => {
  await using registry = await startNpmRegistry();
  Object.assign(process.env, { NPM: registry.url, NPM_KEY: registry.token });
  onTestFinished(() => {
    delete process.env['NPM'];
    delete process.env['NPM_KEY'];
  });
  const git = createGitWorld();
  git.git('remote', 'add', 'origin', 'https://github.com/example/repo.git');
  git.write('packages/sdk/package.json', '{ "name": "@example/sdk", "version": "0.1.0" }');
  git.write('release.config.mjs', CONFIG);
  git.write('go/go.mod', 'module github.com/example/repo/go\n\ngo 1.22\n');
  git.write('go/sdk.go', 'package sdk\n');
  git.commit('a release', '2025-11-14T09:00:00Z');
  git.git('tag', 'v0.1.0');
  const run = async (...argv: string[]) => runCli(['-C', git.directory, ...argv]);
  const only = ['--only', 'npm:@example/sdk'];
  expect((await run('publish', ...only)).code).toBe(0);

  const coordinate = 'npm:@example/sdk@0.1.0';
  const shown = await run('deprecate', coordinate);
  expect(shown).toMatchObject({ code: 2, stdout: expect.stringContaining('message before  none') });
  expect(shown.stdout).toContain(`ameide-release deprecate ${coordinate} --message`);

  const deprecated = await run('deprecate', coordinate, '--message', 'use 0.1.1', '--json');
  expect(deprecated.code).toBe(0);
  expect(JSON.parse(deprecated.stdout)).toMatchObject({
    schema: 'ameide-release/deprecation/1',
    coordinate,
    sha: git.git('rev-parse', 'HEAD'),
    before: '',
    message: 'use 0.1.1',
    outcome: 'changed',
  });
  expect((await run('trace', coordinate)).stdout).toContain('is deprecated: use 0.1.1');

  const taken = await run('deprecate', coordinate, '--message', '');
  expect(taken).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Not deprecated any more.'),
  });
  expect((await run('trace', coordinate)).stdout).not.toContain('deprecated');

  const module = 'go:github.com/example/repo/go@v0.1.0';
  const go = await run('deprecate', module, '--message', 'use v0.1.1');
  expect(go.code).toBe(2);
  expect(go.stdout + go.stderr).toContain('retract v0.1.0 // use v0.1.1');

  const pull = { GITHUB_ACTIONS: 'true', GITHUB_REF: 'refs/pull/1/merge' };
  const refused = await runCli(['-C', git.directory, 'deprecate', coordinate], pull);
  expect(refused.code).toBe(2);
});
