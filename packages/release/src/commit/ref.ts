import type { Repository } from '@ameide/publisher-kit/git';
import {
  type Channel,
  type CommitSha,
  classifyRef,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import { type CiRun, isPullRequest, notOwn } from './ci-run.ts';
import { misspelt } from './tag-form.ts';

/** The channel that a commit is built for, and the ref that decided it. */
export interface ChannelChoice {
  readonly channel: Channel;
  /**
   * The full ref that decided: `refs/tags/v0.1.0`, `refs/heads/main`; `HEAD` if detached and
   * without a version tag.
   */
  readonly ref: string;
  /** Warns people about a tag on the commit, because a release may have been meant. */
  readonly note?: string;
  /** Why this commit is not published: a CI run says that it may be a stranger's. */
  readonly notOwn?: string;
}

/**
 * Chooses the channel of a commit in a CI run. A commit that may be a stranger's is treated as a pull
 * request, whatever ref the run has.
 */
export async function channelOfRun(
  repository: Repository,
  sha: CommitSha,
  run: CiRun,
  tagPrefix?: string,
): Promise<ChannelChoice> {
  const reason = notOwn(run, sha);
  if (reason === undefined)
    return chooseChannel(repository, sha, await refFor(repository, sha, run), tagPrefix);
  const ref = run.ref !== undefined && isPullRequest(run.ref) ? run.ref : undefined;
  const channel = ref === undefined ? ({ kind: 'pull-request' } as const) : classifyRef(ref);
  return { channel, ref: ref ?? 'HEAD', notOwn: reason };
}

async function refFor(
  repository: Repository,
  sha: CommitSha,
  { limit, ref }: CiRun,
): Promise<string | undefined> {
  if (limit === undefined) return ref;
  const own = limit.commits.find((commit) => commit.sha === sha);
  if (own?.name === undefined) return own?.ref;
  const isTag = (await repository.tagsAt(sha)).includes(own.name);
  return `refs/${isTag ? 'tags' : 'heads'}/${own.name}`;
}

/**
 * Chooses the channel by the first of these that exists: the given ref (`--ref`, or what
 * `findCiRun` found), a version tag on the commit (a release before a candidate, the highest
 * first), the branch. A given tag must exist in this clone and name this commit. A dev build gets a
 * note about a version tag on the commit, or one that looks misspelt, because a release may have
 * been meant.
 */
async function chooseChannel(
  repository: Repository,
  sha: CommitSha,
  given: string | undefined,
  tagPrefix?: string,
): Promise<ChannelChoice> {
  if (given !== undefined) {
    const channel = classifyRef(given, tagPrefix);
    if (channel.kind === 'release' || channel.kind === 'candidate')
      await requireTagAt(repository, given, sha);
    return {
      channel,
      ref: given,
      ...(channel.kind === 'dev'
        ? releaseNote(given, await repository.tagsAt(sha), tagPrefix)
        : {}),
    };
  }
  const tags = await repository.tagsAt(sha);
  const tag = highestVersionTag(tags, tagPrefix);
  if (tag !== undefined)
    return { channel: classifyRef(`refs/tags/${tag}`, tagPrefix), ref: `refs/tags/${tag}` };
  const branch = await repository.currentBranch();
  const channel = classifyCheckedOut(branch);
  return {
    channel,
    ref: branch ?? 'HEAD',
    ...(channel.kind === 'dev' ? noteOf(tags, tagPrefix) : {}),
  };
}

/** What git has checked out is a branch, also if `classifyRef` refuses its name in a ref from outside. */
function classifyCheckedOut(branch: string | undefined): Channel {
  if (branch === undefined) return { kind: 'dev' };
  try {
    return classifyRef(branch);
  } catch {
    return { kind: 'dev' };
  }
}

/** A CI run for a branch builds a dev build, even of a commit that has a version tag. */
function releaseNote(
  ref: string,
  tags: readonly string[],
  tagPrefix: string | undefined,
): { readonly note?: string } {
  const tag = highestVersionTag(tags, tagPrefix);
  if (tag === undefined) return noteOf(tags, tagPrefix);
  return {
    note: `The version tag ${tag} is on this commit, but this run is one for ${ref}: it is a dev build. The run for the tag publishes ${tag}; so does --ref refs/tags/${tag}.`,
  };
}

/** Throws unless this clone has the tag and it names the commit. */
async function requireTagAt(repository: Repository, ref: string, sha: CommitSha): Promise<void> {
  const at = await repository.resolve(ref).catch((cause: unknown) => {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new InvalidInputError(
      {
        field: 'ref',
        received: ref,
        expected: 'a tag that exists in this clone',
        hint: 'Fetch it first: git fetch --tags (actions/checkout: fetch-depth: 0).',
      },
      'tag-missing',
    );
  });
  if (at === sha) return;
  throw new InvalidInputError(
    {
      field: 'ref',
      received: ref,
      expected: `a tag on the commit being built, ${sha}; it names ${at}`,
      hint: `Check out the tag's own commit: git checkout ${ref}`,
    },
    'tag-names-another-commit',
  );
}

function noteOf(
  tags: readonly string[],
  tagPrefix: string | undefined,
): { readonly note?: string } {
  const note = misspelt(tags, tagPrefix);
  return note === undefined ? {} : { note };
}

function highestVersionTag(
  tags: readonly string[],
  tagPrefix: string | undefined,
): string | undefined {
  return tags
    .flatMap((tag) => {
      const channel = parseVersionTag(tag, tagPrefix);
      return channel === undefined
        ? []
        : [
            {
              tag,
              key: [
                ...channel.base.split('.').map(Number),
                channel.kind === 'candidate' ? channel.number : Infinity,
              ],
            },
          ];
    })
    .sort((a, b) => compareKeys(b.key, a.key))[0]?.tag;
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
