import {
  type ArchiveEntry,
  ArchiveError,
  isKeyFile,
  isSecretFile,
  type Member,
  tarGzMembers,
  zipMembers,
} from '@ameide/publisher-kit';
import { type CoreMetadata, parseMetadata } from './metadata.ts';

type DistributionKind = 'wheel' | 'sdist';

export const MIB: number = 1024 * 1024;
export const MAX_METADATA_BYTES: number = 16 * MIB;

const METADATA = {
  wheel: { name: '*.dist-info/METADATA', path: /^[^/]+\.dist-info\/METADATA$/ },
  sdist: { name: '<name>-<version>/PKG-INFO', path: /^(?:\.\/)?[^/]+\/PKG-INFO$/ },
} as const;

/**
 * Reads a wheel's `*.dist-info/METADATA` or an sdist's `<name>-<version>/PKG-INFO` and keeps
 * nothing else in memory. Throws `ArchiveError`, and the signal's reason.
 */
export async function readMetadata(
  kind: DistributionKind,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<CoreMetadata> {
  const { name, path } = METADATA[kind];
  let found: Uint8Array | undefined;
  for await (const member of members(kind, bytes, signal)) {
    if (!path.test(member.path)) continue;
    if (found !== undefined) throw new ArchiveError(`it holds more than one ${name}`);
    if (member.size > MAX_METADATA_BYTES)
      throw new ArchiveError(`its ${name} has more than ${MAX_METADATA_BYTES} bytes`);
    found = await member.content();
  }
  if (found === undefined) throw new ArchiveError(`it holds no ${name}`);
  return parseMetadata(new TextDecoder().decode(found));
}

/**
 * Returns the members that look like credentials, by name or content, with their contents. Paths in an sdist are
 * without its top folder. Throws `ArchiveError`.
 */
export async function suspectMembers(
  kind: DistributionKind,
  bytes: Uint8Array,
): Promise<readonly ArchiveEntry[]> {
  const top = kind === 'sdist' ? /^[^/]+\// : /^/;
  const suspects: ArchiveEntry[] = [];
  for await (const member of members(kind, bytes)) {
    const path = member.path.replace(/^(?:\.\/)+/, '').replace(top, '');
    const content = await member.content();
    if (isSecretFile(path) || isKeyFile(path, content)) suspects.push({ path, content });
  }
  return suspects;
}

function members(
  kind: DistributionKind,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Iterable<Member> | AsyncIterable<Member> {
  return kind === 'wheel' ? zipMembers(bytes) : tarGzMembers(bytes, signal);
}
