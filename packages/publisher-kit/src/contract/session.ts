import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Built, Channel, Plan, Publisher, Release, Step } from '@ameide/versioning-core';
import { canonical, classifyRef, deriveVersions } from '@ameide/versioning-core';
import { openRepository } from '../git/open-repository.ts';
import type { Repository } from '../git/repository.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { createWorkspace } from '../workspace/workspace.ts';
import type { ArgvSampler } from './argv-sampler.ts';
import { startArgvSampler } from './argv-sampler.ts';
import type { ContractOptions, ContractWorld } from './world.ts';

/** A publisher looking at one commit on one channel, and everything a verb needs. */
export interface Opened {
  readonly publisher: Publisher;
  readonly plan: Plan;
  readonly release: Release;
  /** Before the build there is no copy of the commit's files yet. */
  readonly before: Step;
  /** A step with the commit's files and a workspace that nobody has used. */
  readonly step: (signal?: AbortSignal) => Promise<Step>;
  /** Builds in a workspace of its own. Throws when that is a problem. */
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

export async function startSession(world: ContractWorld, options: ContractOptions): Promise<Session> {
  const repository = await openRepository(world.directory);
  const folders = await createWorkspace();
  const argv = startArgvSampler();
  const kept: unknown[] = [];
  const keep = <T>(value: T): T => {
    kept.push(value);
    return value;
  };
  const copies = createCopies(repository, folders, options);
  const steps = createSteps(repository, folders, keep);
  return {
    world,
    keep,
    kept,
    argv,
    directory: folders.directory,
    async open(sha, ref, token = 'right') {
      const publisher = await world.definition(token).open(repository.source(await repository.resolve(sha)));
      const release = await makeRelease(repository, sha, classifyRef(ref), publisher, options);
      // Plans and what was built go through the journal: whatever JSON loses must not be missed.
      const plan = asData(keep(publisher.plan(release)));
      const step = async (signal?: AbortSignal): Promise<Step> => steps(await copies(sha), signal);
      return { publisher, release, plan, before: await steps(''), step, build: () => build(publisher, plan, step, keep) };
    },
    async [Symbol.asyncDispose]() {
      argv[Symbol.dispose]();
      await repository.close();
      await folders.dispose();
    },
  };
}

export function asData<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

async function build(publisher: Publisher, plan: Plan, step: () => Promise<Step>, keep: <T>(value: T) => T): Promise<Built> {
  const result = keep(await publisher.build(plan, await step()));
  if ('problem' in result) throw new Error(`build: ${result.problem.code}: ${result.problem.message}`, { cause: result.problem });
  return asData(result.built);
}

function createCopies(repository: Repository, folders: Workspace, options: ContractOptions): (sha: string) => Promise<string> {
  const copies = new Map<string, string>();
  return async (sha) => {
    const known = copies.get(sha);
    if (known !== undefined) return known;
    const copy = await folders.folder(`source-${sha}`);
    await repository.exportTree(await repository.resolve(sha), copy);
    await options.prepare?.(copy);
    copies.set(sha, copy);
    return copy;
  };
}

function createSteps(
  repository: Repository,
  folders: Workspace,
  keep: (event: unknown) => unknown,
): (source: string, signal?: AbortSignal) => Promise<Step> {
  let count = 0;
  return async (source, signal = new AbortController().signal) => {
    const workspace = join(folders.directory, `step-${++count}`);
    await mkdir(workspace);
    return { signal, workspace, source, history: repository.history(), emit: (event) => void keep(event) };
  };
}

async function makeRelease(
  repository: Repository,
  sha: string,
  channel: Channel,
  publisher: Publisher,
  options: ContractOptions,
): Promise<Release> {
  const tuple = canonical({ base: options.base ?? '0.1.0', sha, datetime: await repository.commitTime(sha) });
  // The tag that makes this a release, whether or not someone has pushed it yet.
  const own = channel.kind === 'release' ? [`v${channel.base}`] : [];
  const tags = [...new Set([...(await repository.mergedTags(sha)), ...own])];
  const tagsAtCommit = [...new Set([...(await repository.tagsAt(sha)), ...own])];
  const address = await repository.remoteUrl();
  return {
    canonical: tuple,
    channel,
    versions: deriveVersions(tuple, channel, { tags, tagsAtCommit }, options.versions),
    members: publisher.members,
    ...(address === undefined ? {} : { repository: address }),
  };
}
