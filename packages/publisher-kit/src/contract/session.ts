import { join } from 'node:path';
import type { Built, Result } from '@ameide/versioning-core';
import { onceForEach } from '../git/once-for-each.ts';
import { openRepository } from '../git/repository/open-repository.ts';
import { repositoryCommit } from '../testing/commit.ts';
import { asData, builtOf, type OpenedRun, openRun } from '../testing/run.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { type ArgvSampler, startArgvSampler } from './argv-sampler.ts';
import type { ContractWorld } from './world.ts';

export const BRANCH = 'refs/heads/main';

/** A run of the harness that also keeps what its build returns. */
export interface Opened extends Omit<OpenedRun, keyof AsyncDisposable> {
  /** Returns the checkout of the commit that publishers share. */
  checkout(): Promise<string>;
}

/** Does what the engine does for a publisher, and keeps every output. */
export interface Session extends AsyncDisposable {
  readonly world: ContractWorld;
  /** `ref` decides the channel: `refs/heads/main`, `refs/tags/v0.1.0`. */
  open(sha: string, ref: string, token?: 'right' | 'wrong'): Promise<Opened>;
  /** Remembers a value that people or files might show. Returns it. */
  readonly keep: <T>(value: T) => T;
  readonly kept: readonly unknown[];
  readonly argv: ArgvSampler;
  /** The folder that contains all workspaces and checkouts. */
  readonly directory: string;
}

export async function startSession(world: ContractWorld): Promise<Session> {
  const repository = await openRepository(world.directory);
  const folders = await createWorkspace();
  const { directory } = folders;
  const argv = startArgvSampler();
  const kept: unknown[] = [];
  const keep = <T>(value: T): T => {
    kept.push(value);
    return value;
  };
  const sharedCheckout = onceForEach(async (sha: string) => {
    const commit = await repositoryCommit(repository, { sha, ref: BRANCH });
    return commit.checkout(join(directory, `source-${sha}`));
  });
  return {
    world,
    keep,
    kept,
    argv,
    directory,
    async open(sha, ref, token = 'right') {
      const commit = await repositoryCommit(repository, { sha, ref, base: '0.1.0' });
      const checkout = async (): Promise<string> => sharedCheckout(sha);
      const run = await openRun(
        world.definition(token),
        { ...commit, checkout },
        { parent: directory },
      );
      keep([run.plan, run.events]);
      const tryBuild = async (signal?: AbortSignal): Promise<Result<Built>> =>
        keep(await run.tryBuild(signal));
      return { ...run, checkout, tryBuild, build: async () => asData(builtOf(await tryBuild())) };
    },
    async [Symbol.asyncDispose]() {
      argv[Symbol.dispose]();
      await repository.close();
      await folders.dispose();
    },
  };
}
