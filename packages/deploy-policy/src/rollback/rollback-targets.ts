import { formatImageReference } from '@ameide/source-files/image';
import { type Problem, problem } from '@ameide/versioning-core';
import type { PinTarget } from '../online/create-pins.ts';
import type { ImageRegistry } from '../online/image-registry.ts';
import { isImmutableTag } from '../policy/tag-kind.ts';
import { type CommitOf, createCommitOf } from './earlier-commit.ts';
import type { Earlier, EarlierFile } from './find-earlier.ts';
import type { EarlierImage } from './image-places.ts';

export interface RollbackTargets {
  /** What to pin in each file: one target for each name of an image. */
  readonly files: readonly { readonly path: string; readonly targets: readonly PinTarget[] }[];
  /** If there is any, nothing may be pinned. */
  readonly problems: readonly Problem[];
}

/**
 * Returns which commit each image ran from before, and its digest if the manifest had one: the commit as the
 * registry says it of an immutable tag or digest, else as the manifest said it. It is a problem if neither
 * says it, if a tag has moved since, and if images of one name in one file would have to be several.
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
    // What is wrong with an image is said once, in however many files it was.
    problems: [...new Set(results.flatMap(({ found }) => found.filter((one) => 'code' in one)))],
  };
}

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
  if (typeof sha !== 'string' || others.length > 0)
    return severalImages(name, all, { path, what: 'from several commits' });
  const [digest, ...more] = new Set(all.flatMap(({ reference }) => reference.digest ?? []));
  if (more.length > 0)
    return severalImages(name, all, { path, what: 'several builds of one commit' });
  // The tag of what does not change comes first: then that stays as it is.
  const formerTag = all.map(({ reference }) => reference.tag).find(isImmutableTag);
  return {
    name,
    sha,
    ...(formerTag === undefined ? {} : { formerTag }),
    ...(digest === undefined ? {} : { digest }),
  };
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

function severalImages(
  name: string,
  images: readonly EarlierImage[],
  { path, what }: { readonly path: string; readonly what: string },
): Problem {
  const texts = new Set(images.map(({ reference }) => formatImageReference(reference)));
  return problem({
    code: 'deploy-rollback-several',
    kind: 'policy',
    message: `Images ${name} in this file would be ${what}: ${[...texts].join(', ')}.`,
    hint: 'Choose one commit for all of them with ameide-release deploy pin --sha, or change the file by hand.',
    path,
  });
}
