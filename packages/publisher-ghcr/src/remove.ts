import {
  type Coordinate,
  formatCoordinate,
  InvalidInputError,
  managesName,
  type Problem,
  parseOciTag,
  type Removed,
  type Step,
} from '@ameide/versioning-core';
import type { GhcrPlan } from './plan.ts';
import type { RegistryClient } from './registry/client.ts';
import { type Contents, type Decision, decideRemoval, subjectOfTag } from './removal/decide.ts';
import { type ImageToRemove, orderImages } from './removal/order.ts';
import { readChanges, readContents } from './removal/read-contents.ts';
import type { ManifestRemoval, RemoveManifest } from './removal/remove-manifest.ts';

/** How manifests are removed from one registry. */
export interface Remover {
  readonly remove: RemoveManifest;
  /** Removes a tag that names nothing. Absent where there can be none. */
  readonly removeDangling?: (tag: string) => Promise<void>;
  /**
   * What is removed first. `attachments`: the image leads to its attachments, so a run that was killed
   * finds the rest of them again. `image`: for a registry that may refuse one image alone, which would
   * otherwise have lost its signatures.
   */
  readonly first: 'attachments' | 'image';
}

/**
 * Removes the images of dev builds, one after another, with their platforms, signatures and
 * attestations. Deletes no manifest that anything else names, because deleting a digest removes all its
 * tags. Removes nothing unless it could read all tags. Before each image it reads whether another run
 * has tagged one meanwhile: a release of an older commit.
 */
export async function removeImages(
  client: RegistryClient,
  plan: GhcrPlan,
  coordinates: readonly Coordinate[],
  step: Step,
  open: () => Promise<{ readonly remover: Remover } | { readonly problem: Problem }>,
): Promise<readonly Removed[]> {
  const removing = new Set(coordinates.map((coordinate) => commitTag(coordinate, plan)));
  const read = await readContents(client, removing, step.signal);
  if (read.value === undefined) return coordinates.map((one) => incomplete(one, read.problems[0]));
  const contents = read.value;
  const decision = decideRemoval(contents, removing);
  const present = coordinates.flatMap(({ version }) => contents.tags.get(version) ?? []);
  const images = orderImages(present, contents, decision);
  const dangling = contents.dangling.filter(
    (tag) => removing.has(tag) || decision.toRemove.has(subjectOfTag(tag) ?? ''),
  );
  const isNothing = images.length + dangling.length === 0;
  const opened = isNothing ? undefined : await open();
  if (opened !== undefined && 'problem' in opened)
    return coordinates.map((one) => incomplete(one, opened.problem));
  const ended =
    opened === undefined
      ? new Map<string, ManifestRemoval>()
      : await removeInOrder(images, {
          client,
          contents,
          decision,
          plan,
          remover: opened.remover,
          removing,
          step,
        });
  if (opened !== undefined) for (const tag of dangling) await opened.remover.removeDangling?.(tag);
  return coordinates.map((coordinate): Removed => {
    const digest = contents.tags.get(coordinate.version);
    if (digest === undefined) return { coordinate, outcome: 'gone' };
    const reason = decision.kept.get(digest);
    if (reason !== undefined) return { coordinate, outcome: 'kept', reason };
    return removedOf(coordinate, ended.get(digest));
  });
}

interface Removing {
  readonly client: RegistryClient;
  readonly contents: Contents;
  readonly decision: Decision;
  readonly plan: GhcrPlan;
  readonly remover: Remover;
  readonly removing: ReadonlySet<string>;
  readonly step: Step;
}

const PROGRESS = 20;

/** Removes the images, until one fails for a reason that applies to all of them. */
async function removeInOrder(
  images: readonly ImageToRemove[],
  removing: Removing,
): Promise<ReadonlyMap<string, ManifestRemoval>> {
  const { plan, step } = removing;
  let now = removing;
  const ended = new Map<string, ManifestRemoval>();
  /** By digest: how many images that are not removed yet need the manifest. */
  const needed = new Map<string, number>();
  const count = ({ attachments, contained, digest }: ImageToRemove, by: number): void => {
    for (const one of new Set([...attachments, ...contained, digest]))
      needed.set(one, (needed.get(one) ?? 0) + by);
  };
  for (const image of images) count(image, 1);
  let stopped: ManifestRemoval | undefined;
  for (const [index, image] of images.entries()) {
    step.signal.throwIfAborted();
    const isFree = (digest: string): boolean => needed.get(digest) === 1;
    // An index that contains it could not be removed.
    const blocker = isFree(image.digest) ? undefined : [...ended.values()].find(isFailed);
    const seen = stopped ?? blocker ?? (await lookAgain(now));
    if (!('state' in seen)) now = seen;
    const end = 'state' in seen ? seen : await removeImage(image, isFree, now);
    ended.set(image.digest, end);
    if (end.state === 'removed' || end.state === 'gone') count(image, -1);
    if (isFailed(end) && isForAll(end.problem)) stopped = end;
    if ((index + 1) % PROGRESS === 0)
      step.emit({
        publisher: plan.publisher,
        message: `${index + 1} of ${images.length} images processed`,
      });
  }
  return ended;
}

/** Decides again if another run has tagged something since. */
async function lookAgain(removing: Removing): Promise<Removing | ManifestRemoval> {
  const { client, contents, plan, step } = removing;
  const isMoving = (tag: string): boolean => managesName(plan.movingTags, tag, plan.sha);
  const read = await readChanges(client, contents, isMoving, step.signal);
  if (read.value === undefined) return { state: 'incomplete', problem: read.problems[0] };
  if (read.value === contents) return removing;
  const decision = decideRemoval(read.value, removing.removing);
  return { ...removing, contents: read.value, decision };
}

/** Removes one image with those of its parts that nothing else needs. */
async function removeImage(
  { attachments, contained, digest }: ImageToRemove,
  isFree: (digest: string) => boolean,
  { contents, decision, remover: { first, remove } }: Removing,
): Promise<ManifestRemoval> {
  const reason = decision.kept.get(digest);
  if (reason !== undefined) return { state: 'kept', reason };
  const mayGo = (one: string): boolean => isFree(one) && !decision.kept.has(one);
  const removeOne = async (one: string): Promise<ManifestRemoval> =>
    remove({ digest: one, tags: tagsOf(one, contents) });
  const attached = attachments.filter(mayGo);
  if (first === 'attachments') {
    const failed = await firstFailed(attached, removeOne);
    if (failed !== undefined) return failed;
  }
  const removed = await removeOne(digest);
  if (removed.state === 'kept' || isFailed(removed)) return removed;
  const after = [...(first === 'image' ? attached : []), ...contained.filter(mayGo)];
  const left = await firstFailed(after, removeOne);
  if (left === undefined || !isFailed(left)) return removed;
  return { ...left, problem: { ...left.problem, effect: 'committed' } };
}

/** Returns the first failure. A manifest that was tagged meanwhile is kept, which is no failure. */
async function firstFailed(
  digests: readonly string[],
  removeOne: (digest: string) => Promise<ManifestRemoval>,
): Promise<ManifestRemoval | undefined> {
  for (const digest of digests) {
    const removed = await removeOne(digest);
    if (isFailed(removed)) return removed;
  }
  return undefined;
}

function tagsOf(digest: string, { tags }: Contents): readonly string[] {
  return [...tags].filter(([, named]) => named === digest).map(([tag]) => tag);
}

type FailedRemoval = Extract<ManifestRemoval, { readonly problem: Problem }>;

function isFailed(removal: ManifestRemoval): removal is FailedRemoval {
  return 'problem' in removal;
}

/** False for a refusal of one image, such as one with a tag that is protected on the registry. */
function isForAll({ code }: Problem): boolean {
  return code !== 'ghcr-rejected';
}

function removedOf(coordinate: Coordinate, end: ManifestRemoval | undefined): Removed {
  if (end === undefined) return { coordinate, outcome: 'unknown' };
  if (end.state === 'kept') return { coordinate, outcome: 'kept', reason: end.reason };
  if (!isFailed(end)) return { coordinate, outcome: end.state };
  return { ...incomplete(coordinate, end.problem), outcome: end.state };
}

function incomplete(coordinate: Coordinate, problem: Problem): Removed {
  const named = { ...problem, coordinate: formatCoordinate(coordinate) };
  return { coordinate, outcome: 'incomplete', problem: named };
}

/** Throws `InvalidInputError` for anything but the commit's tag of this image. */
function commitTag({ ecosystem, name, version }: Coordinate, { image }: GhcrPlan): string {
  const isOwn = ecosystem === 'oci' && name === image;
  if (isOwn && parseOciTag(version)?.sha !== undefined) return version;
  throw new InvalidInputError({
    field: 'coordinates',
    received: `${ecosystem}:${name}:${version}`,
    expected: `a commit tag of oci:${image}, which is a full SHA`,
    hint: 'Releases are never removed.',
  });
}
