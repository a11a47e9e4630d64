import type { FoundImage } from '../check/run.ts';
import type { ManifestFile } from '../manifest/document.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { type ChangedImage, changesAt, type EarlierImage, imagesByPlace } from './image-places.ts';

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

/**
 * Finds the newest earlier state in which a place had another image of ours than now. A place is the same as
 * long as its file, its object (kind and name), its field, its container's name, and the name of its image
 * are: so what is new since stays, and what is gone does not come back. Reads `history`, the newest first,
 * only as far as that.
 */
export async function findEarlier(
  current: readonly ManifestFile[],
  history: AsyncIterable<EarlierManifests>,
  policy: DeployPolicy,
): Promise<Earlier | undefined> {
  const now = imagesByPlace(current, policy);
  for await (const { commit, files } of history) {
    const before = imagesByPlace(files, policy);
    const changes = [...now].flatMap(([place, images]) =>
      changesAt(images, before.get(place) ?? []),
    );
    if (changes.length > 0)
      return { commit, files: changedFiles(changes, [...now.values()].flat()) };
  }
  return undefined;
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
