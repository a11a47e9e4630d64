import type { ImageRegistry } from '@ameide/deploy-policy';
import type { Repository } from '@ameide/publisher-kit/git';
import type { ImageReference } from '@ameide/source-files/image';
import type { CommitSha, Relation } from '@ameide/versioning-core';
import { namesCommit } from './lowest-image.ts';
import { isCommit } from './released.ts';

/**
 * How the commit of an image relates to that of the release: `ancestor` if the release was built on it. Undefined for
 * an image whose tag says a version, or that moves.
 */
export type ImageCommits = (image: ImageReference) => Promise<Relation | undefined>;

/** Asks a registry only for an image that nothing but a digest names. */
export function createImageCommits(
  sha: CommitSha,
  repository: Pick<Repository, 'history'>,
  ask: <R>(use: (registry: ImageRegistry) => Promise<R>) => Promise<R>,
): ImageCommits {
  const asked = new Map<string, Promise<string | undefined>>();
  const commitOf = async ({ digest = '', name }: ImageReference): Promise<string | undefined> => {
    const key = `${name}@${digest}`;
    const answer =
      asked.get(key) ??
      ask(async (registry) => {
        const found = await registry.readImage({ name, digest });
        return found.state === 'found' ? found.sha : undefined;
      });
    asked.set(key, answer);
    return answer;
  };
  return async (image) => {
    if (!namesCommit(image)) return undefined;
    const { tag = '' } = image;
    const commit = isCommit(tag) ? tag : await commitOf(image);
    return commit === undefined ? 'unknown' : repository.history().relation(commit, sha);
  };
}
