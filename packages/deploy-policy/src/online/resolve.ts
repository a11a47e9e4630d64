import { formatImageReference, type ImageReference } from '@ameide/source-files/image';
import { isOciDigest } from '@ameide/versioning-core';
import type { ImageAnswer, ImageRegistry, ReleaseAnswer } from './image-registry.ts';

/** What the registries say of one image. */
export interface ResolvedImage {
  readonly reference: ImageReference;
  /** What is there under the tag; without a tag, under the digest. */
  readonly answer: ImageAnswer;
  /** If there are a tag and a digest: what is there under the digest. */
  readonly byDigest?: ImageAnswer;
  /** What was published from the commit that the image names. */
  readonly release?: ReleaseAnswer;
}

/**
 * Asks what images were built from: each image and each commit once, all at the same time. Leaves out
 * images that name neither a tag nor a digest that a registry can be asked for.
 */
export async function resolveImages(
  references: readonly ImageReference[],
  registry: ImageRegistry,
): Promise<readonly ResolvedImage[]> {
  const releases = new Map<string, Promise<ReleaseAnswer>>();
  const releaseOf = async (answer: ImageAnswer): Promise<ReleaseAnswer | undefined> => {
    if (answer.state !== 'found' || answer.sha === undefined) return undefined;
    const asked = releases.get(answer.sha) ?? registry.readRelease(answer.sha);
    releases.set(answer.sha, asked);
    return asked;
  };
  const distinct = new Map(
    references.filter(canAsk).map((one) => [formatImageReference(one), one]),
  );
  return Promise.all(
    Array.from(distinct.values(), async (reference) => {
      const { digest, name, tag } = reference;
      const [answer, byDigest] = await Promise.all([
        registry.readImage(reference),
        tag === undefined || digest === undefined
          ? undefined
          : registry.readImage({ name, digest }),
      ]);
      const release = await releaseOf(answer);
      return {
        reference,
        answer,
        ...(byDigest === undefined ? {} : { byDigest }),
        ...(release === undefined ? {} : { release }),
      };
    }),
  );
}

function canAsk({ digest, tag }: ImageReference): boolean {
  return digest === undefined ? tag !== undefined : isOciDigest(digest);
}
