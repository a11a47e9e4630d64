import { join } from 'node:path';
import type { Built, Plan, Result } from '@ameide/versioning-core';
import { onceForEach } from '../git/once-for-each.ts';
import { openRepository } from '../git/repository/open-repository.ts';
import { repositoryCommit } from '../testing/commit.ts';
import { asData, builtOf, type OpenedRun, openRun } from '../testing/run.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import { type ArgvSampler, startArgvSampler } from './argv-sampler.ts';
import type { ContractWorld, Interception } from './world.ts';

export const BRANCH = 'refs/heads/main';

/** A run of the harness that also keeps what its build returns. */
export interface Opened extends Omit<OpenedRun, keyof AsyncDisposable> {
  readonly at: Place;
  /** Returns the checkout of the commit that publishers share. */
  checkout(): Promise<string>;
}

/** A commit, the ref that it is published as, and the base version that it has. */
interface Place {
  readonly sha: string;
  readonly ref: string;
  readonly base: string;
}

/** Does what the engine does for a publisher, and keeps every output. */
export interface Session extends AsyncDisposable {
  readonly world: ContractWorld;
  /**
   * `ref` decides the channel: `refs/heads/main`, `refs/tags/v0.1.0`. In a world with
   * `releasesOnly`, a branch publishes the commit's release.
   */
  open(sha: string, ref: string, token?: 'right' | 'wrong'): Promise<Opened>;
  /** Opens a new commit: as the release of a version of its own, or as the dev build of a branch. */
  openNext(branch?: string): Promise<Opened>;
  /** Opens the commit again, as the next run does. */
  reopen(opened: Opened): Promise<Opened>;
  /** Runs `work` with the hook between the publisher and the registry. */
  intercepting<T>(hook: Interception, work: () => Promise<T>): Promise<T>;
  /** The plans of all that was opened. */
  readonly plans: readonly Plan[];
  /** Remembers a value that people or files might show. Returns it. */
  readonly keep: <T>(value: T) => T;
  readonly kept: readonly unknown[];
  readonly argv: ArgvSampler;
  /** The folder that contains all workspaces and checkouts. */
  readonly directory: string;
}

function placeOf({ older, releasesOnly }: ContractWorld, sha: string, ref: string): Place {
  if (releasesOnly !== true || ref !== BRANCH) return { sha, ref, base: '0.1.0' };
  const base = sha === older ? '0.0.1' : '0.1.0';
  return { sha, base, ref: `refs/tags/v${base}` };
}

export async function startSession(world: ContractWorld): Promise<Session> {
  const repository = await openRepository(world.directory);
  const folders = await createWorkspace();
  const { directory } = folders;
  const argv = startArgvSampler();
  const kept: unknown[] = [];
  const plans: Plan[] = [];
  const keep = <T>(value: T): T => {
    kept.push(value);
    return value;
  };
  const sharedCheckout = onceForEach(async (sha: string) => {
    const commit = await repositoryCommit(repository, { sha, ref: BRANCH });
    return commit.checkout(join(directory, `source-${sha}`));
  });
  let minor = 1;
  const openAt = async (at: Place, token: 'right' | 'wrong'): Promise<Opened> => {
    const commit = await repositoryCommit(repository, at);
    const checkout = async (): Promise<string> => sharedCheckout(at.sha);
    const run = await openRun(
      world.definition(token),
      { ...commit, checkout },
      { parent: directory },
    );
    keep([run.plan, run.events]);
    plans.push(run.plan);
    const tryBuild = async (signal?: AbortSignal): Promise<Result<Built>> =>
      keep(await run.tryBuild(signal));
    return { ...run, at, checkout, tryBuild, build: async () => asData(builtOf(await tryBuild())) };
  };
  return {
    world,
    keep,
    kept,
    plans,
    argv,
    directory,
    open: async (sha, ref, token = 'right') => openAt(placeOf(world, sha, ref), token),
    async openNext(branch) {
      minor += 1;
      const [sha, base] = [world.next(), `0.${minor}.0`];
      const isRelease = branch === undefined || world.releasesOnly === true;
      return openAt({ sha, base, ref: isRelease ? `refs/tags/v${base}` : branch }, 'right');
    },
    reopen: async ({ at }) => openAt(at, 'right'),
    intercepting: async (hook, work) => intercepting(world, hook, work),
    async [Symbol.asyncDispose]() {
      argv[Symbol.dispose]();
      await repository.close();
      await folders.dispose();
    },
  };
}

async function intercepting<T>(
  world: ContractWorld,
  hook: Interception,
  work: () => Promise<T>,
): Promise<T> {
  let write = 0;
  world.intercept((request) => hook(request, (write += request.mutating ? 1 : 0)));
  try {
    return await work();
  } finally {
    world.intercept(undefined);
  }
}
