import type { Repository } from '@ameide/publisher-kit';
import {
  type Channel,
  type CommitSha,
  InvalidInputError,
  parseVersionTag,
} from '@ameide/versioning-core';
import { type Commit, deriveCommit } from '../commit/commit.ts';
import { type ReleaseDefinition, versionQuestion } from '../definition/definition.ts';

/** All builds that may have been made of a commit. */
export interface Builds {
  readonly commits: readonly Commit[];
  /** Why some builds are impossible. */
  readonly notes: readonly string[];
}

/**
 * Returns all possible builds of a commit: one for each version tag on it, and a dev build, first
 * those by the definition's own rule. A dev build's name depends on the rule and on the tags that
 * existed when it was built, and a release tag that was set later on an older commit changes that
 * name, so this also returns the names by the other rules.
 */
export async function builds(
  repository: Repository,
  sha: CommitSha,
  definition: ReleaseDefinition,
): Promise<Builds> {
  const tags = (await repository.tagsAt(sha)).flatMap((tag) => {
    const channel = parseVersionTag(tag, definition.tagPrefix);
    return channel === undefined ? [] : [{ channel, ref: `refs/tags/${tag}` }];
  });
  const dev: Channel = { kind: 'dev' };
  const { afterRelease = 'next-patch' } = definition;
  const rules = [...new Set([afterRelease, 'next-patch', 'keep'] as const)];
  const candidates = [
    ...tags.map((tag) => ({ ...tag, afterRelease })),
    ...rules.map((rule) => ({ channel: dev, ref: 'HEAD', afterRelease: rule })),
  ];
  const outcomes = await Promise.all(
    candidates.map(async ({ afterRelease, ...choice }): Promise<Commit | string> => {
      try {
        const question = { ...versionQuestion(definition), afterRelease };
        return await deriveCommit(repository, sha, choice, question);
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
