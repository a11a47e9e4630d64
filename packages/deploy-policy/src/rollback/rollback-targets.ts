import { isSha, type Problem, problem } from '@ameide/versioning-core';
import type { PinTarget } from '../online/create-pins.ts';
import type { ImageRegistry } from '../online/image-registry.ts';
import { formatImageReference } from '../reference/image-reference.ts';
import type { Earlier, EarlierFile } from './find-earlier.ts';
import { type EarlierImage, isImmutable, isImmutableTag } from './image-places.ts';

export interface RollbackTargets {
  /** What to pin in each file: one target for each name of an image. */
  readonly files: readonly { readonly path: string; readonly targets: readonly PinTarget[] }[];
  /** If there is any, nothing may be pinned. */
  readonly problems: readonly Problem[];
}

/**
 * Returns which commit each image ran from before: as the registry says it of an immutable tag or digest,
 * else as the manifest said it. It is a problem if neither says it, and if images of one name in one file
 * would have to be from several commits.
 */
export async function rollbackTargets(
  { files }: Earlier,
  registry: ImageRegistry,
): Promise<RollbackTargets> {
  const commitOf = createCommitOf(registry);
  const results = await Promise.all(
    files.map(async (file) => {
      const names = new Set(file.images.map(({ reference }) => reference.name));
      const found = await Promise.all(
        [...names].map(async (name) => targetOf(name, file, commitOf)),
      );
      return { path: file.path, found };
    }),
  );
  return {
    files: results.map(({ found, path }) => ({
      path,
      targets: found.flatMap((one) => ('code' in one ? [] : [one])),
    })),
    problems: results.flatMap(({ found }) => found.flatMap((one) => ('code' in one ? [one] : []))),
  };
}

/** Undefined: nobody knows it. */
type Commit = string | Problem | undefined;
type CommitOf = (image: EarlierImage) => Promise<Commit>;

async function targetOf(
  name: string,
  { images, path, unchanged }: EarlierFile,
  commitOf: CommitOf,
): Promise<PinTarget | Problem> {
  const isNamed = ({ reference }: EarlierImage): boolean => reference.name === name;
  const before = images.filter(isNamed);
  const all = [...unchanged.filter(isNamed), ...before];
  const commits = await Promise.all(all.map(commitOf));
  const unanswered = commits.find((commit) => typeof commit === 'object');
  if (unanswered !== undefined) return unanswered;
  const unknown = before.find((image) => commits[all.indexOf(image)] === undefined);
  if (unknown !== undefined) return unknownCommit(unknown, path);
  const [sha, ...others] = new Set(commits);
  if (typeof sha !== 'string' || others.length > 0) return severalImages(name, all, path);
  // The tag of what does not change comes first: then that stays as it is.
  const formerTag = all.map(({ reference }) => reference.tag).find(isImmutableTag);
  return { name, sha, ...(formerTag === undefined ? {} : { formerTag }) };
}

/** Asks for each image once, however many files had it. */
function createCommitOf(registry: ImageRegistry): CommitOf {
  const answers = new Map<string, Promise<Commit>>();
  return async (image) => {
    const key = `${formatImageReference(image.reference)} ${image.sha ?? ''}`;
    const answer = answers.get(key) ?? readCommit(image, registry);
    answers.set(key, answer);
    return answer;
  };
}

async function readCommit(
  { reference, sha }: EarlierImage,
  registry: ImageRegistry,
): Promise<Commit> {
  const { digest, name, tag } = reference;
  // Whether the image is still of that commit is asked before it is pinned.
  if (digest === undefined && isSha(tag)) return tag;
  if (isImmutable(reference)) {
    // Beside a digest, a tag is only a name: the digest is what ran.
    const answer = await registry.readImage(digest === undefined ? reference : { name, digest });
    if (answer.state === 'unknown') return answer.problem;
    if (answer.state === 'found' && answer.sha !== undefined) return answer.sha;
  }
  return isSha(sha) ? sha : undefined;
}

function unknownCommit({ reference }: EarlierImage, path: string): Problem {
  return problem({
    code: 'deploy-rollback-unknown',
    kind: 'policy',
    message: `Nothing says any more which commit ${formatImageReference(reference)} was from: its tag moves or is gone, and the manifest had no annotation.`,
    hint: 'Choose a commit: ameide-release map lists them, and ameide-release deploy pin --sha pins one.',
    path,
  });
}

function severalImages(name: string, images: readonly EarlierImage[], path: string): Problem {
  const texts = new Set(images.map(({ reference }) => formatImageReference(reference)));
  return problem({
    code: 'deploy-rollback-several',
    kind: 'policy',
    message: `Images ${name} in this file would be from several commits: ${[...texts].join(', ')}.`,
    hint: 'Choose one commit for all of them with ameide-release deploy pin --sha, or change the file by hand.',
    path,
  });
}
