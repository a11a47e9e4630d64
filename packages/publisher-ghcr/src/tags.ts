import {
  type Coordinate,
  expandPointer,
  formatCoordinate,
  type Problem,
  parseNpmVersion,
  pointerPatterns,
  problem,
} from '@ameide/versioning-core';
import { VERSION } from './image/media-types.ts';
import type { GhcrPlan } from './plan.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import { type ExistingImage, type PresentImage, readImage } from './registry/existing-image.ts';
import type { Freshness } from './registry/recent-manifests.ts';

/** A tag, and what it names on the registry. */
export interface Tag {
  readonly coordinate: Coordinate;
  readonly image: ExistingImage;
}

/** The tags that may name the plan's commit. */
export interface CommitTags {
  /** One for each coordinate of the plan, the tag of the commit first. */
  readonly planned: readonly Tag[];
  /** The release tag that another run may give to the same commit. */
  readonly others: readonly Tag[];
  /**
   * The moving tags of dev builds, unless the plan is a dev build or every run makes the same bytes. They
   * still name the image of a dev build after another run has set the tag of the commit again.
   */
  readonly moving: readonly Tag[];
}

interface HowToRead {
  readonly freshness?: Freshness;
  /** True if every run makes the same bytes, so no other run can have set the tag of the commit to other bytes. */
  readonly isReproducible?: boolean;
}

/** Reads every tag that may name the plan's commit, as `readImage` does. */
export async function readCommitTags(
  client: RegistryClient,
  plan: GhcrPlan,
  signal: AbortSignal,
  { freshness, isReproducible = false }: HowToRead = {},
): Promise<CommitTags> {
  const read = async (coordinate: Coordinate): Promise<Tag> => ({
    coordinate,
    image: await readImage(client, coordinate.version, signal, freshness),
  });
  const named = (tags: readonly string[]): readonly Coordinate[] =>
    tags.map((version) => ({ ...about(plan), version }));
  const devTags = isReproducible ? [] : tagsOfDevBuilds(plan);
  const releaseTags = plan.releaseTag === undefined ? [] : [plan.releaseTag];
  const [planned = [], others = [], moving = []] = await Promise.all(
    [plan.coordinates, named(releaseTags), named(devTags)].map(async (coordinates) =>
      Promise.all(coordinates.map(read)),
    ),
  );
  return { planned, others, moving };
}

function tagsOfDevBuilds({ movingTags, pointers, version }: GhcrPlan): readonly string[] {
  return pointerPatterns(movingTags, 'dev')
    .map((pattern) => expandPointer(pattern, version))
    .filter((tag) => !pointers.some(({ pointer }) => pointer === tag));
}

/**
 * Returns the image of our commit that the registry already has; a later build may have other
 * bytes.
 */
export function imageOfCommit(
  { planned, others, moving }: CommitTags,
  sha: string,
): Manifest | undefined {
  return ours([...planned, ...others, ...moving], sha)[0]?.image.manifest;
}

/**
 * Reports tags of one commit that name different images. Registries have no compare-and-swap, so
 * two runs that publish a commit in the same moment can both set its tag.
 */
export function differingImages(
  { planned, others, moving }: CommitTags,
  { image, sha }: GhcrPlan,
): Problem | undefined {
  const tags = ours([...moving, ...planned, ...others], sha);
  if (new Set(tags.map((tag) => tag.image.digest)).size < 2) return undefined;
  const named = tags.map((tag) => `${tag.coordinate.version} names ${tag.image.digest}`);
  const commands = keepCommands(tags, image);
  return problem({
    code: 'ghcr-images-differ',
    kind: 'conflict',
    message: `The tags of commit ${sha} name different images of ${image}: ${named.join(', ')}.`,
    hint:
      `Two runs published this commit at the same time. To keep the image of the version, run: ${commands}; ` +
      'then run the same command again. Let only one run at a time publish a commit.',
    coordinate: formatCoordinate({ ...about({ image }), version: sha }),
    effect: 'committed',
    rerun: 'after-fix',
  });
}

/** Returns the commands that set all tags to the image of the release, or else of the version. */
function keepCommands(tags: readonly PresentTag[], image: string): string {
  const kept = tags.at(-1);
  return tags
    .filter((tag) => tag.image.digest !== kept?.image.digest)
    .map((tag) => `crane tag ${image}:${kept?.coordinate.version} ${tag.coordinate.version}`)
    .join('; ');
}

/**
 * Returns the version in the label of our commit's image, if it is not the plan's label: older versions
 * of this program gave each channel a label of its own.
 */
export function otherVersion(
  { planned, others, moving }: CommitTags,
  plan: GhcrPlan,
): string | undefined {
  const image = ours([...planned, ...others, ...moving], plan.sha)[0]?.image;
  return image !== undefined && isOtherVersion(image.version, plan) ? image.version : undefined;
}

/**
 * True for a version under which another run may publish the plan's commit: a dev build, a candidate
 * or the release of its base, or of the patch that follows a released base.
 */
export function isOtherVersion(version: string | undefined, plan: GhcrPlan): version is string {
  const parsed = version === undefined ? undefined : parseNpmVersion(version);
  if (parsed === undefined || version === plan.labels[VERSION]) return false;
  const { base, shortSha = '' } = parsed;
  const own = [plan.version, plan.releaseTag].flatMap((one) => {
    const known = one === undefined ? undefined : parseNpmVersion(one)?.base;
    return known === undefined ? [] : [known, known.replace(/\d+$/, (n) => `${Number(n) + 1}`)];
  });
  return own.some((one) => one === base) && plan.sha.startsWith(shortSha);
}

type PresentTag = Tag & { readonly image: PresentImage };

function ours(tags: readonly Tag[], sha: string): readonly PresentTag[] {
  return tags.filter(
    (tag): tag is PresentTag => tag.image.state === 'present' && tag.image.revision === sha,
  );
}

function about({ image }: Pick<GhcrPlan, 'image'>): Omit<Coordinate, 'version'> {
  return { ecosystem: 'oci', name: image };
}
