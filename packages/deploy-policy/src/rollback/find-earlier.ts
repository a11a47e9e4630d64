import type { Problem } from '@ameide/versioning-core';
import { listImages } from '../check/check.ts';
import type { FoundImage } from '../check/run.ts';
import type { ManifestFile } from '../manifest/document.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { type ChangedImage, changesAt, type EarlierImage, imagesByPlace } from './image-places.ts';
import { createMayHide, unreadable } from './unreadable-state.ts';

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
  /** Only the files in which an image changed: the others stay as they are. */
  readonly files: readonly EarlierFile[];
}

export interface EarlierFile {
  readonly path: string;
  /** What the places had that have another image of the same name now. */
  readonly images: readonly EarlierImage[];
  /** What the file has of the same names at places that are new or did not change. Pins of a file are by name. */
  readonly unchanged: readonly EarlierImage[];
}

/** At most one of the two: without a problem and without `earlier`, no other image ran before. */
export interface FoundEarlier {
  readonly earlier?: Earlier;
  /** Why a state that may have had another image cannot be read: what is before it did not run last. */
  readonly problems: readonly Problem[];
}

/**
 * Finds the newest earlier state in which a place had another image of ours than now. A place is the same as
 * long as its file, its object (kind and name), its field, its container's name, and the name of its image
 * are: so what is new since stays, and what is gone does not come back. Reads `history`, the newest first,
 * only as far as that, or as a state that may hide such an image (`deploy-rollback-unreadable`).
 */
export async function findEarlier(
  current: readonly ManifestFile[],
  history: AsyncIterable<EarlierManifests>,
  policy: DeployPolicy,
): Promise<FoundEarlier> {
  const now = imagesByPlace(listImages(current, policy).images);
  const images = [...now.values()].flat();
  for await (const { commit, files } of history) {
    const read = listImages(files, policy);
    const hiding = read.problems.filter(createMayHide(images, { current, files }));
    if (hiding.length > 0) return { problems: hiding.map((one) => unreadable(one, commit)) };
    const before = imagesByPlace(read.images);
    const changes = [...now].flatMap(([place, here]) => changesAt(here, before.get(place) ?? []));
    if (changes.length > 0)
      return { earlier: { commit, files: changedFiles(changes, images) }, problems: [] };
  }
  return { problems: [] };
}

function changedFiles(
  changes: readonly ChangedImage[],
  all: readonly FoundImage[],
): readonly EarlierFile[] {
  const changed = new Set(changes.map(({ now }) => now));
  const others = Map.groupBy(
    all.filter((image) => !changed.has(image)),
    nameInFile,
  );
  return [...Map.groupBy(changes, ({ now }) => now.path)].map(([path, ofFile]) => {
    const names = new Set(ofFile.map(({ now }) => nameInFile(now)));
    return {
      path,
      images: ofFile.map(({ before }) => asEarlier(before)),
      unchanged: [...names].flatMap((name) => (others.get(name) ?? []).map(asEarlier)),
    };
  });
}

function nameInFile({ path, reference }: FoundImage): string {
  return JSON.stringify([path, reference.name]);
}

function asEarlier({ reference, sha }: FoundImage): EarlierImage {
  return { reference, ...(sha === undefined ? {} : { sha }) };
}
