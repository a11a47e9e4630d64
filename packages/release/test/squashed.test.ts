import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGitWorld } from './support/git-world.ts';
import {
  startThreeRegistries,
  THREE_CONFIG,
  type ThreeRegistries,
} from './support/three-registries.ts';

// What people report: a dev build of a branch, then a squash merge that throws its commit away. The
// commands of the hints are run as they are printed.

describe('after a squash merge `dev` is held, until a person moves it', () => {
  let registries: ThreeRegistries;
  beforeAll(async () => {
    registries = await startThreeRegistries();
  });
  afterAll(async () => registries[Symbol.asyncDispose]());

  test('npm, OCI and Go', async () => {
    const run: ThreeRegistries['run'] = async (...given) => registries.run(...given);
    const git = createGitWorld();
    git.git('remote', 'add', 'origin', 'https://github.com/example/repo.git');
    git.write('packages/sdk/package.json', '{ "name": "@example/sdk", "version": "0.1.0" }');
    git.write('release.config.mjs', THREE_CONFIG);
    git.write('go/go.mod', 'module example.com/sdk\n\ngo 1.22\n');
    git.write('go/sdk.go', 'package sdk\n');
    git.commit('main', '2025-11-14T09:00:00Z');
    git.git('switch', '--quiet', '-c', 'feature');
    git.commit('thrown away', '2025-11-14T09:01:00Z');
    expect((await run(git, 'publish')).code).toBe(0);

    git.git('switch', '--quiet', 'main');
    git.write('squashed.txt', 'x');
    git.commit('squash merge', '2025-11-14T09:02:00Z');
    git.git('branch', '--quiet', '-D', 'feature');
    git.git('reflog', 'expire', '--expire=now', '--all');
    git.git('gc', '--quiet', '--prune=now');
    const held = await run(git, 'publish');
    expect(held.code).toBe(3);
    const hints: string[] = held.report.problems.map(({ hint }: { hint: string }) => hint);
    expect(held.report.problems.map(({ code }: { code: string }) => code).toSorted()).toEqual([
      'ghcr-pointer-blocked',
      'go-ancestry-unknown',
      'npm-ancestry-unknown',
    ]);

    for (const hint of hints) {
      const [, command = ''] = /ameide-release -C \S+ (move-pointer .*)$/.exec(hint) ?? [];
      const moved = await run(git, ...command.split(' '));
      expect(moved.report).toMatchObject({ exitCode: 0, outcome: 'moved', problems: [] });
    }
    const { code, report } = await run(git, 'publish');
    expect(code).toBe(0);
    expect(report.pointers.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'already',
      'already',
      'already',
    ]);
    const head = git.git('rev-parse', 'HEAD');
    for (const pointer of ['npm:@example/sdk@dev', 'go:example.com/sdk@dev'])
      expect((await run(git, 'trace', pointer)).report).toMatchObject({ exitCode: 0, sha: head });
  });
});
