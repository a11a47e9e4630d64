import type { Repository } from '@ameide/publisher-kit';
import type { Channel, CommitSha } from '@ameide/versioning-core';
import { classifyRef, InvalidInputError, parseVersionTag } from '@ameide/versioning-core';

/** Which channel a commit is built for, and what said so. */
export interface ChannelChoice {
  readonly channel: Channel;
  /** The full ref that decided: `refs/tags/v0.1.0`, `refs/heads/main`; `HEAD` when detached and untagged. */
  readonly ref: string;
}

/** What GitHub Actions says of the run; read from `process.env` at the edge. */
export interface RunEnvironment {
  readonly GITHUB_ACTIONS?: string | undefined;
  readonly GITHUB_REF?: string | undefined;
}

/**
 * `--ref` decides; then GITHUB_REF in GitHub Actions; then a version tag on the commit itself (a release before a candidate,
 * the highest first); then the branch. A tag must exist here and name this commit.
 */
export async function chooseChannel(
  repository: Repository,
  sha: CommitSha,
  ref: string | undefined,
  env: RunEnvironment,
): Promise<ChannelChoice> {
  const given = ref ?? (env.GITHUB_ACTIONS === 'true' ? env.GITHUB_REF : undefined);
  if (given !== undefined) {
    const channel = classifyRef(given);
    if (channel.kind === 'release' || channel.kind === 'candidate') await tagNames(repository, given, sha);
    return { channel, ref: given };
  }
  const tag = highestVersionTag(await repository.tagsAt(sha));
  if (tag !== undefined) return { channel: classifyRef(`refs/tags/${tag}`), ref: `refs/tags/${tag}` };
  return { channel: { kind: 'dev' }, ref: (await repository.currentBranch()) ?? 'HEAD' };
}

async function tagNames(repository: Repository, ref: string, sha: CommitSha): Promise<void> {
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
        : [{ tag, key: [...channel.base.split('.').map(Number), channel.kind === 'candidate' ? channel.number : Infinity] }];
    })
    .sort((a, b) => compareKeys(b.key, a.key))[0]?.tag;
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at]);
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}
