import { ArchiveError, type Member, tarGzMembers } from '@ameide/publisher-kit';

/** The limit of a whole package, unpacked. */
const LARGEST_PACKAGE = 4 * 2 ** 30;

/** The limit of a text in a package that somebody else may have made. */
export const LARGEST_TEXT: number = 8 * 2 ** 20;

/** A package's files, by their paths in it. */
export interface PackageFiles {
  readonly paths: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
}

export interface Reading {
  /** Which files to read; the others are named alone. */
  readonly isText: (path: string) => boolean;
  /** Default: none. */
  readonly largestText?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a packed package. As for a client that unpacks, the folder has any name, and the last file
 * of a name counts. Throws `ArchiveError`, and the signal's reason.
 */
export async function readPackageFiles(
  tarball: Uint8Array,
  { isText, largestText = Infinity, signal }: Reading,
): Promise<PackageFiles> {
  const paths = new Set<string>();
  const texts = new Map<string, string>();
  for await (const member of packageMembers(tarball, signal)) {
    const path = pathInPackage(member.path.replace(/^(?:\.\/)+/, ''));
    if (member.type !== 'file' || path === undefined) continue;
    paths.add(path);
    if (!isText(path)) continue;
    if (member.size > largestText)
      throw new ArchiveError(`its ${path} has more than ${largestText} bytes`);
    texts.set(path, Buffer.from(await member.content()).toString('utf8'));
  }
  return { paths: [...paths], texts };
}

export function packageMembers(tarball: Uint8Array, signal?: AbortSignal): AsyncIterable<Member> {
  return tarGzMembers(tarball, signal, LARGEST_PACKAGE);
}

/** Returns a path below the archive's folder, as clients unpack it; undefined for what they skip. */
export function pathInPackage(path: string): string | undefined {
  const end = path.indexOf('/');
  return end === -1 ? undefined : path.slice(end + 1);
}
