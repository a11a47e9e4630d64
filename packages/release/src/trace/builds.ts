import type { Repository } from '@ameide/publisher-kit';
import {
  type Channel,
  type CommitSha,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import { type Commit, deriveCommit } from '../commit/commit.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';

/** Every build a commit may have had. */
export interface Builds {
  readonly commits: readonly Commit[];
  /** Builds that cannot have been, and why. */
  readonly notes: readonly string[];
}

/**
 * A commit can have been built as each version tag on it, and as a dev build. A dev build's name
 * depends on the tags there were at the time: a release tag set later on an older commit changes
 * what it would lead to now. So both names are looked for.
 */
export async function builds(
  repository: Repository,
  sha: CommitSha,
  definition: ReleaseDefinition,
): Promise<Builds> {
  const tags = (await repository.tagsAt(sha)).flatMap((tag) => {
    const channel = parseVersionTag(tag);
    return channel === undefined ? [] : [{ channel, ref: `refs/tags/${tag}` }];
  });
  const dev: Channel = { kind: 'dev' };
  const candidates = [
    ...tags.map((tag) => ({ ...tag, afterRelease: 'next-patch' as const })),
    { channel: dev, ref: 'HEAD', afterRelease: 'next-patch' as const },
    { channel: dev, ref: 'HEAD', afterRelease: 'keep' as const },
  ];
  const outcomes = await Promise.all(
    candidates.map(async ({ afterRelease, ...choice }): Promise<Commit | string> => {
      try {
        const { stamp } = definition;
        return await deriveCommit(repository, sha, choice, {
          base: { versionFile: definition.versionFile },
          afterRelease,
          ...(stamp === undefined ? {} : { stamp }),
        });
      } catch (error) {
        if (error instanceof InvalidInputError) return `${choice.ref}: ${error.message}`;
        throw error;
      }
    }),
  );
  return {
    commits: outcomes.filter((outcome) => typeof outcome !== 'string'),
    notes: [...new Set(outcomes.filter((outcome) => typeof outcome === 'string'))],
  };
}
