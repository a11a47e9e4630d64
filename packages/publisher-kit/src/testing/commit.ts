import { mkdirSync } from 'node:fs';
import {
  canonical,
  classifyRef,
  deriveVersions,
  type History,
  type Member,
  type Relation,
  type Release,
  type SourceTree,
  type VersionOptions,
} from '@ameide/versioning-core';
import { makeLinksRelative } from '../checkout/links.ts';
import type { Repository } from '../git/repository/repository.ts';
import { addIndex, type FileContent, writeInto } from './git-repository.ts';
import { type LiteralOptions, literalSource } from './literal-source.ts';
import { type TestReleaseOptions, testRelease } from './release.ts';

/** A commit that a test publishes, on a channel. */
export interface TestCommit {
  readonly source: SourceTree;
  readonly history: History;
  /** Returns the release that the engine would make of it. */
  release(members: readonly Member[]): Promise<Release>;
  /**
   * Lays its files out in `folder`, which must not exist yet. Returns the folder that contains
   * them.
   */
  checkout(folder: string): Promise<string>;
}

/** How two different commits relate. */
export type Relate = (a: string, b: string) => Relation | Promise<Relation>;

export interface LiteralCommitOptions extends Pick<LiteralOptions, 'missing'> {
  /** A release, or options for `testRelease`. */
  readonly release?: Release | TestReleaseOptions;
  /** Default `unknown`. */
  readonly relation?: Relate | undefined;
  readonly prepare?: Prepare | undefined;
}

/** Does to a checkout what `prepare` of the release definition would do. */
type Prepare = (checkout: string) => void;

/**
 * Makes a commit without git: its files as a literal, with fixed times. Only a checkout of it has
 * an index.
 */
export function literalCommit(
  files: Readonly<Record<string, FileContent>>,
  options: LiteralCommitOptions = {},
): TestCommit {
  const { prepare, relation, release = {}, ...source } = options;
  const made = 'canonical' in release ? release : testRelease(release);
  return {
    source: literalSource(files, { sha: made.canonical.sha, ...source }),
    history: literalHistory(relation),
    release: async (members) => {
      const named = (one: Member): string => `${one.ecosystem}:${one.name}`;
      const known = new Set(made.members.map(named));
      const own = members.filter((one) => !known.has(named(one)));
      return { ...made, members: [...made.members, ...own] };
    },
    async checkout(folder) {
      mkdirSync(folder);
      for (const [path, content] of Object.entries(files)) writeInto(folder, path, content);
      addIndex(folder);
      return prepared(folder, prepare);
    },
  };
}

export function literalHistory(relation?: Relate): History {
  return { relation: async (a, b) => (a === b ? 'same' : ((await relation?.(a, b)) ?? 'unknown')) };
}

export interface RepositoryCommitOptions extends VersionOptions {
  readonly sha: string;
  /** Decides the channel: `refs/heads/main`, `refs/tags/v0.1.0`. */
  readonly ref: string;
  /** Default: the base in the tag, else 0.1.0. */
  readonly base?: string;
  /** Tags on the commit and its ancestors. Default: the repository's tags and the tag of `ref`. */
  readonly tags?: readonly string[];
  readonly prepare?: Prepare | undefined;
}

/** Makes a test commit from a commit of a git repository. */
export async function repositoryCommit(
  repository: Repository,
  options: RepositoryCommitOptions,
): Promise<TestCommit> {
  const { base, prepare, ref, sha: given, tags, ...versions } = options;
  const sha = await repository.resolve(given);
  const source = repository.source(sha);
  return {
    source,
    history: repository.history(),
    async release(members) {
      const channel = classifyRef(ref);
      const tagged = 'base' in channel ? channel.base : '0.1.0';
      const datetime = await repository.commitTime(sha);
      const tuple = canonical({ base: base ?? tagged, sha, datetime });
      // The tag that makes this a release, whether or not it exists yet.
      const own = channel.kind === 'release' ? [`v${channel.base}`] : [];
      const earlier = await source.ancestorTags();
      const all = tags ?? [...new Set([...earlier.map(({ tag }) => tag), ...own])];
      const here = tags ?? [...new Set([...(await repository.tagsAt(sha)), ...own])];
      const address = await repository.remoteUrl();
      return {
        canonical: tuple,
        channel,
        versions: deriveVersions(tuple, channel, { tags: all, tagsAtCommit: here }, versions),
        members,
        ...(address === undefined ? {} : { repository: address }),
      };
    },
    async checkout(folder) {
      mkdirSync(folder);
      await repository.checkout(sha, folder);
      return prepared(folder, prepare);
    },
  };
}

/** Does what the engine does before it copies a checkout. */
async function prepared(folder: string, prepare: Prepare | undefined): Promise<string> {
  prepare?.(folder);
  await makeLinksRelative(folder);
  return folder;
}
