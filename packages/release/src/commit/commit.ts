import { type Repository, refuseShallow } from '@ameide/publisher-kit/git';
import {
  type Canonical,
  type Channel,
  type CommitSha,
  canonical,
  deriveVersions,
  InvalidInputError,
  type Lineage,
  type SourceTree,
  type VersionOptions,
  type Versions,
} from '@ameide/versioning-core';
import { deriveMirroredGo } from '@ameide/versioning-core/go';
import { deriveAfterRelease } from './after-release.ts';
import type { AfterRelease } from './after-release-rule.ts';
import { type BaseSource, readBase } from './base.ts';
import type { CiRun, RunEnvironment } from './ci-run.ts';
import { findCiRun } from './find-ci-run.ts';
import { type GoModuleLocation, readGoModule } from './go-module.ts';
import { readLineage } from './lineage.ts';
import { type ChannelChoice, channelOfRun } from './ref.ts';
import { otherForm } from './tag-form.ts';

/** A commit and everything that its versions are derived from. */
export interface Commit {
  readonly canonical: Canonical;
  readonly channel: Channel;
  /** The ref that decided the channel. */
  readonly ref: string;
  /** See `ChannelChoice`. */
  readonly note?: string;
  readonly notOwn?: string;
  readonly lineage: Lineage;
  readonly versions: Versions;
  /** The repository in which the Go module has that version, unless it is this one. */
  readonly goMirror?: string;
  readonly source: SourceTree;
}

export interface CommitQuestion {
  readonly base: BaseSource;
  /** What comes before the version in a release tag: `sdk/v`. Default `v`. */
  readonly tagPrefix?: string;
  /**
   * A ref, tag or SHA. Default: in a GitHub Actions run for a pull request its head, if the clone
   * has it; else `HEAD`.
   */
  readonly revision?: string;
  /** The git ref that decides the channel; see `channelOfRun`. */
  readonly ref?: string;
  /**
   * The directory of the Go module to derive the `go` versions for. Default: the first of
   * `goModules`, else the root's module; if it exists and can have this version.
   */
  readonly goDirectory?: string;
  /** The Go modules that the definition publishes. */
  readonly goModules?: readonly GoModuleLocation[];
  readonly stamp?: VersionOptions['stamp'];
  readonly afterRelease?: AfterRelease;
  /** True if builds fetch submodules that the clone lacks, so `source` reports none as missing. */
  readonly submodules?: boolean;
  readonly env?: RunEnvironment;
}

/**
 * Reads one commit and derives its versions. Offline. Refuses a shallow clone. Throws
 * `InvalidInputError`.
 */
export async function readCommit(
  repository: Repository,
  question: CommitQuestion,
): Promise<Commit> {
  await refuseShallow(repository);
  // A ref from the caller describes the checked-out commit better than the CI run does.
  const run: CiRun =
    question.ref === undefined ? await findCiRun(question.env ?? {}) : { ref: question.ref };
  const [sha] = await Promise.all([
    question.revision === undefined
      ? checkedOut(repository, run.head)
      : repository.resolve(question.revision),
    // They are needed next, and git can list them at the same time.
    repository.tags(),
  ]);
  return deriveCommit(
    repository,
    sha,
    await channelOfRun(repository, sha, run, question.tagPrefix),
    question,
  );
}

async function checkedOut(repository: Repository, head: CommitSha | undefined): Promise<CommitSha> {
  const sha =
    (head === undefined ? undefined : await repository.resolve(head).catch(notInput)) ??
    (await repository.resolve('HEAD').catch(notInput));
  if (sha !== undefined) return sha;
  throw new InvalidInputError(
    {
      field: 'HEAD',
      expected: 'a commit: this repository has no commit yet',
      hint: 'Make a commit first: releases are built from commits.',
    },
    'no-commit',
  );
}

function notInput(error: unknown): undefined {
  if (!(error instanceof InvalidInputError)) throw error;
}

/**
 * Like `readCommit`, for a channel that is already decided: `trace` tries each channel that a
 * commit may have been built for.
 */
export async function deriveCommit(
  repository: Repository,
  sha: CommitSha,
  choice: ChannelChoice,
  question: CommitQuestion,
): Promise<Commit> {
  const source = repository.source(sha, { submodules: question.submodules });
  const { channel } = choice;
  const { tagPrefix } = question;
  const [datetime, base, go] = await Promise.all([
    repository.commitTime(sha),
    readBase(source, question.base, { channel, tagPrefix }),
    readGoModule(source, channel, question),
  ]);
  const tuple = canonical({ base, sha, datetime });
  const lineage = await readLineage(source, {
    base: tuple.base,
    tagPrefix,
    go: go.mirror === undefined ? go.module : undefined,
  });
  const options: VersionOptions = {
    go: go.module,
    ...(question.stamp === undefined ? {} : { stamp: question.stamp }),
  };
  const { versions: derived, note: pending } = await deriveAfterRelease(
    question.afterRelease,
    { base: tuple.base, from: question.base, source },
    (rule) => deriveVersions(tuple, channel, lineage, { ...options, ...rule }),
  );
  const {
    mirror: goMirror,
    module: { modulePath },
  } = go;
  const isMirrored = goMirror !== undefined && modulePath !== undefined;
  const versions = isMirrored
    ? { ...derived, go: deriveMirroredGo(tuple, channel, modulePath) }
    : derived;
  const notes = [pending, choice.note, otherForm(base, lineage), go.note].filter(
    (note) => note !== undefined,
  );
  const note = notes.length === 0 ? {} : { note: notes.join(' ') };
  const mirrored = isMirrored ? { goMirror } : {};
  return { ...choice, ...note, canonical: tuple, lineage, versions, ...mirrored, source };
}
