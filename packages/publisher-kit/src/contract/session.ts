import { join } from 'node:path';
import {
  type Built,
  type Channel,
  canonical,
  classifyRef,
  deriveVersions,
  type Plan,
  type Publisher,
  type Release,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { copyCheckout } from '../checkout/copy.ts';
import { openRepository } from '../git/repository/open-repository.ts';
import type { Repository } from '../git/repository/repository.ts';
import { createWorkspace, type Workspace } from '../workspace/workspace.ts';
import { type ArgvSampler, startArgvSampler } from './argv-sampler.ts';
import type { ContractWorld } from './world.ts';

/**
 * One run of a release, as the engine makes it: a publisher looking at one commit on one channel,
 * and everything its verbs need.
 */
export interface Opened {
  readonly publisher: Publisher;
  readonly plan: Plan;
  readonly release: Release;
  /** Before the build there is no copy of the commit's files yet. */
  readonly before: Step;
  /** A step with the commit's files. All steps of a run have one workspace. */
  readonly step: (signal?: AbortSignal) => Promise<Step>;
  /** A publisher that builds in its source gets a copy of its own, as the engine gives it. */
  readonly tryBuild: () => Promise<Result<Built>>;
  /** As `tryBuild`. Throws when that is a problem. */
  readonly build: () => Promise<Built>;
}

/** Does for a publisher what the engine does, and keeps everything that came out. */
export interface Session extends AsyncDisposable {
  readonly world: ContractWorld;
  /** `ref` decides the channel: `refs/heads/main`, `refs/tags/v0.1.0`. */
  open(sha: string, ref: string, token?: 'right' | 'wrong'): Promise<Opened>;
  /** Remembers what people or files might be shown. Gives it back. */
  readonly keep: <T>(value: T) => T;
  readonly kept: readonly unknown[];
  readonly argv: ArgvSampler;
  /** Where all workspaces and copies are. */
  readonly directory: string;
}

export async function startSession(world: ContractWorld): Promise<Session> {
  const repository = await openRepository(world.directory);
  const folders = await createWorkspace();
  const argv = startArgvSampler();
  const kept: unknown[] = [];
  const keep = <T>(value: T): T => {
    kept.push(value);
    return value;
  };
  const copyOf = createCopies(repository, folders);
  let runs = 0;
  return {
    world,
    keep,
    kept,
    argv,
    directory: folders.directory,
    async open(sha, ref, token = 'right') {
      const source = repository.source(await repository.resolve(sha));
      const publisher = await world.definition(token).open(source);
      const release = await makeRelease(repository, sha, classifyRef(ref), publisher);
      const run = `run-${++runs}`;
      const lent: Lent = {
        step: {
          source,
          workspace: await folders.folder(run),
          environment: {},
          history: repository.history(),
          emit: (event) => void keep(event),
        },
        copy: () => copyOf(sha),
        ownCopy: async () => {
          const own = join(folders.directory, `${run}-checkout`);
          await copyCheckout(await copyOf(sha), own);
          return own;
        },
      };
      return openRun(publisher, release, lent, keep);
    },
    async [Symbol.asyncDispose]() {
      argv[Symbol.dispose]();
      await repository.close();
      await folders.dispose();
    },
  };
}

/** What a run lends to its publisher. */
interface Lent {
  readonly step: Omit<Step, 'signal' | 'checkout'>;
  /** The commit's files, shared by all runs of the session, as publishers of one run share them. */
  readonly copy: () => Promise<string>;
  readonly ownCopy: () => Promise<string>;
}

function openRun(
  publisher: Publisher,
  release: Release,
  lent: Lent,
  keep: Session['keep'],
): Opened {
  // Plans and what was built go through the journal: whatever JSON loses must not be missed.
  const plan = asData(keep(publisher.plan(release)));
  let own: string | undefined;
  const stepIn = (checkout: string, signal = new AbortController().signal): Step => ({
    ...lent.step,
    checkout,
    signal,
  });
  const step = async (signal?: AbortSignal): Promise<Step> =>
    stepIn(own ?? (await lent.copy()), signal);
  const tryBuild = async (): Promise<Result<Built>> => {
    if (publisher.buildsFrom === 'own-checkout') own = await lent.ownCopy();
    return keep(await publisher.build(plan, await step()));
  };
  return {
    publisher,
    release,
    plan,
    before: stepIn(''),
    step,
    tryBuild,
    build: async () => builtOf(await tryBuild()),
  };
}

export function asData<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function builtOf(result: Result<Built>): Built {
  if (result.value !== undefined) return asData(result.value);
  const [cause] = result.problems;
  throw new Error(`build: ${cause.code}: ${cause.message}`, { cause });
}

function createCopies(
  repository: Repository,
  folders: Workspace,
): (sha: string) => Promise<string> {
  const copies = new Map<string, string>();
  return async (sha) => {
    const known = copies.get(sha);
    if (known !== undefined) return known;
    const copy = await folders.folder(`source-${sha}`);
    await repository.checkout(await repository.resolve(sha), copy);
    copies.set(sha, copy);
    return copy;
  };
}

async function makeRelease(
  repository: Repository,
  sha: string,
  channel: Channel,
  publisher: Publisher,
): Promise<Release> {
  const tuple = canonical({ base: '0.1.0', sha, datetime: await repository.commitTime(sha) });
  // The tag that makes this a release, whether or not someone has pushed it yet.
  const own = channel.kind === 'release' ? [`v${channel.base}`] : [];
  const tags = [...new Set([...(await repository.mergedTags(sha)), ...own])];
  const tagsAtCommit = [...new Set([...(await repository.tagsAt(sha)), ...own])];
  const address = await repository.remoteUrl();
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags, tagsAtCommit }),
    members: publisher.members,
    ...(address === undefined ? {} : { repository: address }),
  };
}
