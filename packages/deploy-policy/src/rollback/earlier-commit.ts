import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import { isSha, type Problem, problem } from '@ameide/versioning-core';
import type { ImageRegistry } from '../online/image-registry.ts';
import { isUnanswered } from '../online/online-rules.ts';
import { type EarlierImage, isImmutable } from './image-places.ts';

/** Undefined: nobody knows it. */
type Commit = string | Problem | undefined;
export type CommitOf = (image: EarlierImage) => Promise<Commit>;

/** Asks for each image once, however many files had it. */
export function createCommitOf(registry: ImageRegistry): CommitOf {
  const answers = new Map<string, Promise<Commit>>();
  return async (image) => {
    const key = `${formatImageReference(image.reference)} ${image.sha ?? ''}`;
    const answer = answers.get(key) ?? readCommit(image, registry);
    answers.set(key, answer);
    return answer;
  };
}

async function readCommit(image: EarlierImage, registry: ImageRegistry): Promise<Commit> {
  const { reference, sha } = image;
  const { digest, name, tag } = reference;
  // Whether the image is still of that commit is asked before it is pinned.
  if (digest === undefined && isSha(tag)) return tag;
  if (isImmutable(reference)) {
    // Beside a digest, a tag is only a name: the digest is what ran.
    const answer = await registry.readImage(digest === undefined ? reference : { name, digest });
    if (answer.state === 'unknown') return answer.problem;
    if (answer.state === 'found' && answer.sha !== undefined)
      return digest === undefined ? commitOfTag(image, answer.sha, registry) : answer.sha;
  }
  return isSha(sha) ? sha : undefined;
}

/** A digest is the same bytes for ever; a tag can be moved, and then `labelled` is not what ran. */
async function commitOfTag(
  { reference, sha }: EarlierImage,
  labelled: string,
  registry: ImageRegistry,
): Promise<Commit> {
  if (isSha(sha) && sha !== labelled) return otherThanAnnotated(reference, sha, labelled);
  const answer = await registry.readRelease(labelled);
  // Of a commit that nobody knows, nothing is pinned.
  if (answer.state !== 'found') return labelled;
  const { release } = answer;
  const coordinate = `oci:${formatImageReference(reference)}`;
  const isOwn = release.artifacts.some((one) => one.coordinate === coordinate);
  return isOwn || isUnanswered(reference.name, release)
    ? labelled
    : otherCommit(reference, labelled);
}

const MOVED =
  'Find out who moved the tag. To choose what runs: ameide-release map lists the commits, and ameide-release deploy pin --sha pins one.';

function otherThanAnnotated(reference: ImageReference, sha: string, labelled: string): Problem {
  return problem({
    code: 'deploy-annotation-differs',
    kind: 'policy',
    message: `When ${formatImageReference(reference)} ran, its annotation said ${sha}; the image there now was built from ${labelled}.`,
    hint: MOVED,
  });
}

function otherCommit(reference: ImageReference, labelled: string): Problem {
  return problem({
    code: 'deploy-image-other-commit',
    kind: 'policy',
    message: `${formatImageReference(reference)} says that it was built from ${labelled}, which is not published under this tag: it may not be what ran.`,
    hint: MOVED,
  });
}
