import { isSha, type Problem, problem } from '@ameide/versioning-core';
import { listImages } from '../check/check.ts';
import type { FoundImage } from '../check/run.ts';
import type { ManifestFile } from '../manifest/document.ts';
import type { PinTarget } from '../online/create-pins.ts';
import type { ImageRegistry } from '../online/image-registry.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { tagKind } from '../policy/tag-kind.ts';
import { formatImageReference, type ImageReference } from '../reference/image-reference.ts';

/** The manifests as they were at one commit of the repository that holds them. */
export interface EarlierManifests {
  /** The commit of the manifests, not of the images. */
  readonly commit: string;
  readonly files: readonly ManifestFile[];
}

/** What ran before. */
export interface Earlier {
  /** The newest commit of the manifests that had other images. */
  readonly commit: string;
  readonly images: readonly EarlierImage[];
}

export interface EarlierImage {
  readonly reference: ImageReference;
  /** The commit that the manifest said. */
  readonly sha?: string;
}

/**
 * Finds the newest earlier state in which an image of ours was another one than now. Reads `history`, the
 * newest first, only as far as that. Images that are not in the manifests now are left out.
 */
export async function findEarlier(
  current: readonly ManifestFile[],
  history: AsyncIterable<EarlierManifests>,
  policy: DeployPolicy,
): Promise<Earlier | undefined> {
  const now = imagesIn(current, policy);
  for await (const { commit, files } of history) {
    const then = imagesIn(files, policy);
    const changed = [...now].flatMap(([name, texts]) => {
      const earlier = then.get(name);
      return earlier === undefined || sameKeys(earlier, texts) ? [] : [...earlier.values()];
    });
    if (changed.length > 0) return { commit, images: changed };
  }
  return undefined;
}

/** The references of each name, by their text. */
function imagesIn(
  files: readonly ManifestFile[],
  policy: DeployPolicy,
): ReadonlyMap<string, ReadonlyMap<string, EarlierImage>> {
  const found = new Map<string, Map<string, EarlierImage>>();
  for (const { reference, sha } of listImages(files, policy).images) {
    const of = found.get(reference.name) ?? new Map<string, EarlierImage>();
    of.set(keyOf({ reference, sha }), { reference, ...(sha === undefined ? {} : { sha }) });
    found.set(reference.name, of);
  }
  return found;
}

/** A moving tag is another image as soon as its annotation says another commit. */
function keyOf({
  reference,
  sha = '',
}: Pick<FoundImage, 'reference'> & { readonly sha?: string | undefined }): string {
  return `${formatImageReference(reference)} ${isImmutable(reference) ? '' : sha}`;
}

function sameKeys(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}

function isImmutable({ digest, tag = '' }: ImageReference): boolean {
  return digest !== undefined || ['release', 'candidate', 'commit'].includes(tagKind(tag) ?? '');
}

export interface RollbackTargets {
  readonly targets: readonly PinTarget[];
  readonly problems: readonly Problem[];
}

/**
 * Returns which commit each image ran from before: as the registry says it of an immutable tag or digest,
 * else as the manifest said it. What neither says is a problem.
 */
export async function rollbackTargets(
  { images }: Earlier,
  registry: ImageRegistry,
): Promise<RollbackTargets> {
  const targets: PinTarget[] = [];
  const problems: Problem[] = [];
  const byName = Map.groupBy(images, ({ reference }) => reference.name);
  for (const [name, of] of byName) {
    const [image, other] = of;
    if (image === undefined) continue;
    const found = other === undefined ? await targetOf(image, registry) : severalImages(name, of);
    if ('code' in found) problems.push(found);
    else targets.push(found);
  }
  return { targets, problems };
}

async function targetOf(
  { reference, sha }: EarlierImage,
  registry: ImageRegistry,
): Promise<PinTarget | Problem> {
  const { digest, name, tag } = reference;
  const text = formatImageReference(reference);
  // Whether the image is still of that commit is asked before it is pinned.
  if (digest === undefined && isSha(tag)) return { name, sha: tag };
  if (isImmutable(reference)) {
    // Beside a digest, a tag is only a name: the digest is what ran.
    const answer = await registry.readImage(digest === undefined ? reference : { name, digest });
    if (answer.state === 'unknown') return answer.problem;
    if (answer.state === 'found' && answer.sha !== undefined) return { name, sha: answer.sha };
  }
  if (sha !== undefined && isSha(sha)) return { name, sha };
  return problem({
    code: 'deploy-rollback-unknown',
    kind: 'policy',
    message: `Nothing says any more which commit ${text} was from: its tag moves or is gone, and the manifest had no annotation.`,
    hint: 'Choose a commit: ameide-release map lists them, and ameide-release deploy pin --sha pins one.',
  });
}

function severalImages(name: string, images: readonly EarlierImage[]): Problem {
  const list = images.map(({ reference }) => formatImageReference(reference)).join(', ');
  return problem({
    code: 'deploy-rollback-several',
    kind: 'policy',
    message: `Several images ${name} ran before: ${list}.`,
    hint: 'Name fewer manifests, or choose a commit: ameide-release deploy pin --sha.',
  });
}
