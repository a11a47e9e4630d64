import { gunzipSync } from 'node:zlib';
import { type ArchiveEntry, holdsPrivateKey, isKeyFile, isSecretFile } from '@ameide/publisher-kit';
import { unzipSync } from 'fflate';
import { type CoreMetadata, parseMetadata } from './metadata.ts';
import { TarError, tarMembers } from './tar.ts';

/** The file is no readable wheel or sdist; the message says why. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/** Asked for every member; those for which it is true are unpacked. `size`: bytes, as the archive tells it. */
type Wanted = (path: string, size: number) => boolean;

const MAX_METADATA_BYTES = 16 * 1024 * 1024;
// An sdist is unpacked in memory: the limit stops a gzip bomb.
const MAX_TAR_BYTES = 1024 * 1024 * 1024;

const METADATA = {
  wheel: { name: '*.dist-info/METADATA', path: /^[^/]+\.dist-info\/METADATA$/ },
  sdist: { name: '<name>-<version>/PKG-INFO', path: /^(?:\.\/)?[^/]+\/PKG-INFO$/ },
} as const;

/** Reads a wheel's `*.dist-info/METADATA` or an sdist's `<name>-<version>/PKG-INFO`. Throws `ArchiveError`. */
export function readMetadata(kind: 'wheel' | 'sdist', bytes: Uint8Array): CoreMetadata {
  const { name, path: wanted } = METADATA[kind];
  const found = unpack(kind, bytes, (path, size) => wanted.test(path) && size <= MAX_METADATA_BYTES);
  const [file] = found;
  if (file === undefined || found.length > 1) throw new ArchiveError(`it holds ${found.length === 0 ? 'no' : 'more than one'} ${name}`);
  return parseMetadata(new TextDecoder().decode(file.content));
}

/** The paths of the members that usually hold credentials, or are private keys: the kit's `secretFiles`. Throws `ArchiveError`. */
export function secretMembers(kind: 'wheel' | 'sdist', bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  const keys = unpack(kind, bytes, (path) => {
    if (isSecretFile(path)) found.push(path);
    return isKeyFile(path);
  });
  return [...found, ...keys.filter(({ content }) => holdsPrivateKey(content)).map(({ path }) => path)];
}

function unpack(kind: 'wheel' | 'sdist', bytes: Uint8Array, wanted: Wanted): readonly ArchiveEntry[] {
  return kind === 'wheel' ? unpackWheel(bytes, wanted) : unpackSdist(bytes, wanted);
}

function unpackWheel(bytes: Uint8Array, wanted: Wanted): readonly ArchiveEntry[] {
  try {
    const files = unzipSync(bytes, { filter: ({ name, originalSize }) => wanted(name, originalSize) });
    return Object.entries(files).map(([path, content]) => ({ path, content }));
  } catch (error) {
    throw new ArchiveError(`it is no readable zip archive (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}

function unpackSdist(bytes: Uint8Array, wanted: Wanted): readonly ArchiveEntry[] {
  try {
    const members = [...tarMembers(gunzip(bytes))].filter(({ type }) => !'xgLK'.includes(type));
    return members.filter(({ path, content }) => wanted(path, content.length));
  } catch (error) {
    if (error instanceof TarError) throw new ArchiveError(`it is no readable tar archive: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Unpacks gzip, up to a limit. Throws `ArchiveError`. */
export function gunzip(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_TAR_BYTES });
  } catch (error) {
    throw new ArchiveError(`it is no readable gzip file (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}
