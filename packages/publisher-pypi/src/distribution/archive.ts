import {
  type ArchiveEntry,
  ArchiveError,
  isKeyFile,
  isSecretFile,
  listMembers,
  type Member,
  type Renamed,
  tarGzMembers,
  zipMembers,
} from '@ameide/publisher-kit';
import type { ContentFile } from '@ameide/versioning-core';
import { type CoreMetadata, parseMetadata } from './metadata.ts';

type DistributionKind = 'wheel' | 'sdist';

export const MIB: number = 1024 * 1024;
export const MAX_METADATA_BYTES: number = 16 * MIB;

const METADATA = {
  wheel: { name: '*.dist-info/METADATA', path: /^[^/]+\.dist-info\/METADATA$/ },
  sdist: { name: '<name>-<version>/PKG-INFO', path: /^(?:\.\/)?[^/]+\/PKG-INFO$/ },
} as const;

/** What is in a wheel or an sdist. */
export interface DistributionContents {
  /** Its core metadata, as text. */
  readonly metadata: string;
  /** By paths that are the same in every version. */
  readonly files: readonly ContentFile[];
}

interface ContentLimits {
  /** Of a zip archive, unpacked; a tar archive has a limit of its own. Default: none. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** Reads the metadata and lists the files. Throws `ArchiveError`, and the signal's reason. */
export async function readContents(
  kind: DistributionKind,
  bytes: Uint8Array,
  limits: ContentLimits = {},
): Promise<DistributionContents> {
  const { signal } = limits;
  const { path, text } = await readMetadataText(kind, bytes, signal);
  const files = await listMembers(
    upTo(limits, members(kind, bytes, signal)),
    kind === 'wheel' ? withoutVersion(path) : inTopOf(path),
  );
  return { metadata: text, files };
}

/**
 * `sdk-1.0.0.dist-info/METADATA` is `sdk.dist-info/METADATA`, and so is `.data`. The folders of
 * another version keep their names, so that their files do not hide the wheel's own.
 */
function withoutVersion(metadata: string): Renamed {
  const [, own = '', name = ''] = /^(([^/]+)-[^/-]+)\.dist-info\//.exec(metadata) ?? [];
  const folders = own === '' ? [] : ['.dist-info/', '.data/'];
  return (path) => {
    const folder = folders.find((end) => path.startsWith(`${own}${end}`));
    return folder === undefined ? path : `${name}${path.slice(own.length)}`;
  };
}

/** The path of a file outside the folder of the PKG-INFO begins with `../`. */
function inTopOf(metadata: string): Renamed {
  const top = metadata.replace(/^(?:\.\/)+/, '').replace(/[^/]+$/, '');
  return (path) => (path.startsWith(top) ? path.slice(top.length) : `../${path}`);
}

function withoutTop(path: string): string {
  return path.replace(/^[^/]+\//, '');
}

/** Members of a zip archive may all lead to the same bytes, so that it unpacks to any size. */
async function* upTo(
  { maxBytes = Infinity, signal }: ContentLimits,
  all: Iterable<Member> | AsyncIterable<Member>,
): AsyncGenerator<Member> {
  let size = 0;
  for await (const member of all) {
    signal?.throwIfAborted();
    size += member.size;
    if (size > maxBytes) throw new ArchiveError(`it unpacks to more than ${maxBytes} bytes`);
    yield member;
  }
}

/**
 * Reads a wheel's `*.dist-info/METADATA` or an sdist's `<name>-<version>/PKG-INFO` and keeps
 * nothing else in memory. Throws `ArchiveError`, and the signal's reason.
 */
export async function readMetadata(
  kind: DistributionKind,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<CoreMetadata> {
  return parseMetadata((await readMetadataText(kind, bytes, signal)).text);
}

async function readMetadataText(
  kind: DistributionKind,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<{ readonly path: string; readonly text: string }> {
  const { name, path } = METADATA[kind];
  let found: { readonly path: string; readonly text: string } | undefined;
  for await (const member of members(kind, bytes, signal)) {
    if (!path.test(member.path)) continue;
    if (found !== undefined) throw new ArchiveError(`it holds more than one ${name}`);
    if (member.size > MAX_METADATA_BYTES)
      throw new ArchiveError(`its ${name} has more than ${MAX_METADATA_BYTES} bytes`);
    found = { path: member.path, text: new TextDecoder().decode(await member.content()) };
  }
  if (found === undefined) throw new ArchiveError(`it holds no ${name}`);
  return found;
}

/**
 * Returns the members that look like credentials, by name or content, with their contents. Paths in an sdist are
 * without its top folder. Throws `ArchiveError`.
 */
export async function suspectMembers(
  kind: DistributionKind,
  bytes: Uint8Array,
): Promise<readonly ArchiveEntry[]> {
  const suspects: ArchiveEntry[] = [];
  for await (const member of members(kind, bytes)) {
    const plain = member.path.replace(/^(?:\.\/)+/, '');
    const path = kind === 'sdist' ? withoutTop(plain) : plain;
    const content = await member.content();
    if (isSecretFile(path) || isKeyFile(path, content)) suspects.push({ path, content });
  }
  return suspects;
}

/** The first bytes of a zip archive (APPNOTE.TXT 4.3.7). */
const ZIP = Buffer.from('PK\x03\x04', 'latin1');

/** Old sdists are zip archives, too. */
function members(
  kind: DistributionKind,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Iterable<Member> | AsyncIterable<Member> {
  const isZip = kind === 'wheel' || ZIP.equals(bytes.subarray(0, ZIP.length));
  return isZip ? zipMembers(bytes) : tarGzMembers(bytes, signal);
}
