import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recorded, startGitHost } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { openRepository } from '@ameide/publisher-kit';
import { contractRepository } from '@ameide/publisher-kit/contract';
import { openRun, repositoryCommit, runGit } from '@ameide/publisher-kit/testing';
import type { Removed } from '@ameide/versioning-core';
import { expect, onTestFinished, test } from 'vitest';
import { goModule } from '../src/index.ts';

const MODULE = 'github.com/ameideio/ameide-sdk-go';
const FILES = { 'sdk/go.mod': `module ${MODULE}\n\ngo 1.22\n`, 'sdk/sdk.go': 'package sdk\n' };

interface Lab {
  readonly bare: string;
  /** Makes a commit in the mirror with these tags. Returns its id. */
  commit(...tags: readonly string[]): string;
  tags(): readonly string[];
  /** How many pushes the mirror has got. */
  pushes(): number;
  remove(...shas: readonly string[]): Promise<readonly Removed[]>;
}

/** `afterPush` is called once, when the mirror has got the first push. */
async function start(afterPush?: () => void): Promise<Lab> {
  let act = afterPush;
  const host = await recorded(startGitHost({ repositories: ['o/sdk'] }), {
    onAnswer({ method, path }) {
      if (method !== 'POST' || !path.endsWith('/git-receive-pack')) return;
      act?.();
      act = undefined;
    },
  });
  const source = await contractRepository(FILES, { marker: 'sdk/COMMIT.txt' });
  onTestFinished(async () => {
    await Promise.all([host, source].map(async (one) => one[Symbol.asyncDispose]()));
  });
  const bare = host.registry.path('o/sdk');
  const definition = goModule({
    directory: 'sdk',
    mirror: `${host.proxy.url}/o/sdk.git`,
    user: host.registry.user,
    token: host.registry.token,
  });
  const tree = runGit(bare, ['hash-object', '-t', 'tree', '-w', '/dev/null']);
  return {
    bare,
    commit(...tags) {
      const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
      const message = tags.join(' ');
      const id = runGit(bare, [...author, 'commit-tree', tree, '-m', message]);
      for (const tag of tags) runGit(bare, ['tag', tag, id]);
      return id;
    },
    tags: () => runGit(bare, ['tag', '--list']).split('\n').toSorted(),
    pushes: () => host.proxy.mutating().length,
    async remove(...shas) {
      await using repository = await openRepository(source.directory);
      const commit = await repositoryCommit(repository, {
        sha: source.a,
        ref: 'refs/heads/main',
        base: '0.1.0',
      });
      await using run = await openRun(definition, commit);
      const { plan, publisher, step } = run;
      const coordinates = shas.map(
        (sha) => ({ ecosystem: 'go', name: MODULE, version: `source-${sha}` }) as const,
      );
      return (await publisher.remove?.(plan, coordinates, step)) ?? [];
    },
  };
}

const shaOf = (n: number): string => n.toString(16).padStart(40, '0');
const ended = (removed: readonly Removed[]): readonly string[] =>
  removed.map(({ outcome, problem, reason }) =>
    [outcome, reason, problem?.code].filter((one) => one !== undefined).join(': '),
  );

needs('git')('the tags of a mirror', () => {
  test('go, but not where a version or a branch names the commit', async () => {
    const lab = await start();
    for (const n of [1, 2, 3]) lab.commit(`source-${shaOf(n)}`);
    runGit(lab.bare, ['tag', 'v0.1.0', `source-${shaOf(2)}`]);
    runGit(lab.bare, ['branch', 'dev', `source-${shaOf(3)}`]);
    expect(ended(await lab.remove(...[1, 2, 3, 4].map(shaOf)))).toEqual([
      'removed',
      'kept: the version v0.1.0 is on the same commit',
      'kept: the branch dev names its commit',
      'gone',
    ]);
    expect(lab.tags()).toEqual([`source-${shaOf(2)}`, `source-${shaOf(3)}`, 'v0.1.0']);
  });

  test('go in few pushes, annotated ones too', async () => {
    const lab = await start();
    const all = Array.from({ length: 100 }, (_, n) => shaOf(n + 1));
    const [first = '', ...others] = all;
    const id = lab.commit(...others.map((sha) => `source-${sha}`));
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    runGit(lab.bare, [...author, 'tag', '-a', '-m', 'x', `source-${first}`, id]);
    expect(new Set(ended(await lab.remove(...all)))).toEqual(new Set(['removed']));
    expect(lab.pushes()).toBe(2);
    expect(lab.tags()).toEqual(['']);
  });

  test('stay where another run makes a version while the first of them go', async () => {
    const last = shaOf(100);
    const lab: Lab = await start(() => runGit(lab.bare, ['tag', 'v0.1.0', `source-${last}`]));
    const all = Array.from({ length: 100 }, (_, n) => shaOf(n + 1));
    for (const sha of all) lab.commit(`source-${sha}`);
    const removed = ended(await lab.remove(...all));
    expect(new Set(removed.slice(0, -1))).toEqual(new Set(['removed']));
    expect(removed.at(-1)).toBe('kept: the version v0.1.0 is on the same commit');
    expect(lab.tags()).toEqual([`source-${last}`, 'v0.1.0']);
  });

  test('a tag that the host protects stays, and the others go', async () => {
    const lab = await start();
    lab.commit(...[1, 2, 3].map((n) => `source-${shaOf(n)}`));
    const hook = join(lab.bare, 'hooks/update');
    writeFileSync(
      hook,
      `#!/bin/sh\ncase "$1" in *${shaOf(2)}) echo protected >&2; exit 1;; esac\n`,
    );
    chmodSync(hook, 0o755);
    expect(ended(await lab.remove(...[1, 2, 3].map(shaOf)))).toEqual([
      'removed',
      'incomplete: go-push-refused',
      'removed',
    ]);
    expect(lab.tags()).toEqual([`source-${shaOf(2)}`]);
  });
});
