import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { type CoreMetadata, parseMetadata } from './metadata.ts';
import { TarError, tarMembers } from './tar.ts';

/** What a distribution file holds, as far as publishing asks. */
export interface ArchiveFacts {
  readonly metadata: CoreMetadata;
  /** Every member's path. */
  readonly paths: readonly string[];
}

/** The file is no readable wheel or sdist; the message says why. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

const MAX_METADATA_BYTES = 16 * 1024 * 1024;
// An sdist is unpacked in memory: the limit stops a gzip bomb.
const MAX_TAR_BYTES = 1024 * 1024 * 1024;

/** Reads a wheel's `*.dist-info/METADATA` or an sdist's `<name>-<version>/PKG-INFO`. Throws `ArchiveError`. */
export function readArchive(kind: 'wheel' | 'sdist', bytes: Uint8Array): ArchiveFacts {
  const { found, paths } = kind === 'wheel' ? readWheel(bytes) : readSdist(bytes);
  const [text] = found;
  if (text === undefined || found.length > 1) {
    const file = kind === 'wheel' ? '*.dist-info/METADATA' : '<name>-<version>/PKG-INFO';
    throw new ArchiveError(`it holds ${found.length === 0 ? 'no' : 'more than one'} ${file}`);
  }
  return { metadata: parseMetadata(new TextDecoder().decode(text)), paths };
}

function readWheel(bytes: Uint8Array): { found: Uint8Array[]; paths: string[] } {
  const paths: string[] = [];
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        paths.push(name);
        return /^[^/]+\.dist-info\/METADATA$/.test(name) && originalSize <= MAX_METADATA_BYTES;
      },
    });
    return { found: Object.values(files), paths };
  } catch (error) {
    throw new ArchiveError(`it is no readable zip archive (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
}

function readSdist(bytes: Uint8Array): { found: Uint8Array[]; paths: string[] } {
  try {
    const members = [...tarMembers(gunzip(bytes))].filter((member) => !'xgLK'.includes(member.type));
    const found = members.filter((member) => member.type === '0' && /^(?:\.\/)?[^/]+\/PKG-INFO$/.test(member.path));
    return { found: found.map((member) => member.content), paths: members.map((member) => member.path) };
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
