import type { Repository } from '@ameide/publisher-kit/git';
import {
  type Channel,
  type CommitSha,
  classifyRef,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';

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
}

/**
 * Chooses the channel by the first of these that exists: the given ref (`--ref`, or what
 * `ciRun` found), a version tag on the commit (a release before a candidate, the highest
 * first), the branch. A given tag must exist in this clone and name this commit. A dev build gets a
 * note about a version tag on the commit, or one that looks misspelt, because a release may have
 * been meant.
 */
export async function chooseChannel(
  repository: Repository,
  sha: CommitSha,
  given: string | undefined,
): Promise<ChannelChoice> {
  if (given !== undefined) {
    const channel = classifyRef(given);
    if (channel.kind === 'release' || channel.kind === 'candidate')
      await requireTagAt(repository, given, sha);
    return {
      channel,
      ref: given,
      ...(channel.kind === 'dev' ? releaseNote(given, await repository.tagsAt(sha)) : {}),
    };
  }
  const tags = await repository.tagsAt(sha);
  const tag = highestVersionTag(tags);
  if (tag !== undefined)
    return { channel: classifyRef(`refs/tags/${tag}`), ref: `refs/tags/${tag}` };
  const branch = await repository.currentBranch();
  const channel = classifyCheckedOut(branch);
  return { channel, ref: branch ?? 'HEAD', ...(channel.kind === 'dev' ? noteOf(tags) : {}) };
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
function releaseNote(ref: string, tags: readonly string[]): { readonly note?: string } {
  const tag = highestVersionTag(tags);
  if (tag === undefined) return noteOf(tags);
  return {
    note: `The version tag ${tag} is on this commit, but this run is one for ${ref}: it is a dev build. The run for the tag publishes ${tag}; so does --ref refs/tags/${tag}.`,
  };
}

/**
 * Matches numbers and dots and what may follow them: `v1.0`, `0.1.1`, `v0.1.0-rc1`. Not a lone
 * `v1`, which is the moving tag of a GitHub action.
 */
const LIKE_A_VERSION = /^[vV]?\d+(?:\.\d+)+(?:[-+.]?[0-9A-Za-z][0-9A-Za-z.+-]*)?$/;

function noteOf(tags: readonly string[]): { readonly note?: string } {
  const tag = tags.find((name) => LIKE_A_VERSION.test(name) && parseVersionTag(name) === undefined);
  if (tag === undefined) return {};
  return {
    note: `The tag ${tag} on this commit is not a version tag: version tags are vX.Y.Z and vX.Y.Z-rc.N.`,
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

function highestVersionTag(tags: readonly string[]): string | undefined {
  return tags
    .flatMap((tag) => {
      const channel = parseVersionTag(tag);
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
