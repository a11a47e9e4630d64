import { posix } from 'node:path';
import type { ContentFile } from '@ameide/versioning-core';

/** One layer of an image, the lowest first. */
export interface ListedLayer {
  readonly digest: string;
  /** Bytes, compressed. */
  readonly size: number;
  /** With whiteouts; absent if the layer is shown as a whole. */
  readonly files?: readonly ContentFile[];
  /** True if it is shown as a whole because it is no readable archive. */
  readonly isUnreadable?: boolean;
}

/** The entries of a folder, by name. */
type Folder = Map<string, Folder | ContentFile>;

// OCI image-spec, layer.md, "Whiteouts". Clients skip all other names that begin with `.wh..wh.`.
const WHITEOUT = '.wh.';
const META = `${WHITEOUT}${WHITEOUT}`;
const OPAQUE = `${META}.opq`;

/**
 * Returns what an image has: the files of its layers, later ones over earlier ones, and an entry for
 * each layer that is shown as a whole. A whiteout is an entry if it may remove something of such a
 * layer, whose files are not known here; also if it removes a listed file, because that may have
 * replaced a file of such a layer.
 */
export function stackLayers(layers: readonly ListedLayer[]): readonly ContentFile[] {
  const root: Folder = new Map();
  const whole = new Map<string, ContentFile>();
  for (const layer of layers) {
    if (layer.files === undefined) whole.set(layer.digest, wholeLayer(layer));
    else addLayer(root, layer.files, whole.size > 0);
  }
  return [...whole.values(), ...filesIn(root)];
}

/** Returns the path that a member of a layer has in the image: no client follows `..` out of it. */
export function pathInImage(path: string): string | undefined {
  const inside = posix.join('/', path).slice(1);
  return inside === '' ? undefined : inside;
}

/**
 * The path contains the digest, not the layer's number: so a layer that both images have is the same
 * entry in both, even if a new base puts more layers below it. It contains the whole digest, because a
 * registry could make layers whose digests begin alike, but not the size, which is shown beside it.
 */
function wholeLayer({ digest, isUnreadable = false, size }: ListedLayer): ContentFile {
  return { path: `${isUnreadable ? UNREADABLE : LAYER}${digest})`, size, digest };
}

const LAYER = '(layer ';
const UNREADABLE = '(unreadable layer ';

function addLayer(root: Folder, files: readonly ContentFile[], isOverWhole: boolean): void {
  const whiteouts = files.filter(({ path }) => isWhiteout(posix.basename(path)));
  const others = files.filter(({ path }) => !posix.basename(path).startsWith(WHITEOUT));
  // Whiteouts apply to the layers below, wherever they are in their own layer.
  for (const { path } of whiteouts) applyWhiteout(root, path);
  for (const file of [...(isOverWhole ? whiteouts : []), ...others]) place(root, file);
}

function isWhiteout(name: string): boolean {
  return name === OPAQUE || (name.startsWith(WHITEOUT) && !name.startsWith(META));
}

function applyWhiteout(root: Folder, path: string): void {
  const name = posix.basename(path);
  const folder = findFolder(root, partsOf(posix.dirname(path)));
  if (name === OPAQUE) folder?.clear();
  else folder?.delete(name.slice(WHITEOUT.length));
}

function findFolder(root: Folder, parts: readonly string[]): Folder | undefined {
  let folder = root;
  for (const part of parts) {
    const next = folder.get(part);
    if (next === undefined || !isFolder(next)) return undefined;
    folder = next;
  }
  return folder;
}

/** A file replaces a folder, and a folder a file. */
function place(root: Folder, file: ContentFile): void {
  let folder = root;
  for (const part of partsOf(posix.dirname(file.path))) {
    const there = folder.get(part);
    const next: Folder = there !== undefined && isFolder(there) ? there : new Map();
    folder.set(part, next);
    folder = next;
  }
  folder.set(posix.basename(file.path), file);
}

function partsOf(folder: string): readonly string[] {
  return folder === '.' ? [] : folder.split('/');
}

function isFolder(entry: Folder | ContentFile): entry is Folder {
  return entry instanceof Map;
}

/** Without recursion: paths may be as deep as an archive can express. */
function filesIn(root: Folder): readonly ContentFile[] {
  const files: ContentFile[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of folder.values()) {
      if (isFolder(entry)) folders.push(entry);
      else files.push(unlikeLayer(entry));
    }
  return files;
}

/** A file of an image may have a name like a layer's entry; it must not be taken for one. */
function unlikeLayer(file: ContentFile): ContentFile {
  const isAlike = [LAYER, UNREADABLE].some((start) => file.path.startsWith(start));
  return isAlike ? { ...file, path: `./${file.path}` } : file;
}
