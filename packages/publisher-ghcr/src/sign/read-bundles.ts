import { inParallel } from '@ameide/publisher-kit';
import { BUNDLE_TYPE } from '@ameide/publisher-kit/sigstore';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { namedBlobs, referencesOf } from '../image/manifest.ts';
import type { Read, RegistryClient } from '../registry/client.ts';
import { readReferrers } from '../registry/named-referrers.ts';
import { MAX_SBOM } from '../sbom/sbom-file.ts';

/**
 * The largest bundle that is read, in bytes. A bundle has a certificate, a log entry and a statement: some kilobytes.
 * Anybody who may write to the repository can attach anything, of any size.
 */
export const MAX_BUNDLE: number = 4 * 1024 * 1024;

/** The same where a bundle may have an SBOM in it, as base64. */
export const MAX_SBOM_BUNDLE: number = 2 * MAX_SBOM;

/** How many bytes of bundles are read at the same time. */
const IN_MEMORY = 32 * 1024 * 1024;

/** Receives the bundles one by one, and says when it needs no more. */
export interface BundleReader {
  /** The digests of all referrers, if they were just listed. */
  readonly listed?: readonly string[] | undefined;
  /** What is larger is not read. */
  readonly maxBytes: number;
  readonly take: (bundle: Uint8Array) => void;
  readonly isEnough: () => boolean;
}

/** Reads the Sigstore bundles that are attached to a manifest, whoever made them, until there is enough. */
export async function readBundles(
  client: RegistryClient,
  subject: string,
  { isEnough, listed, maxBytes, take }: BundleReader,
  signal: AbortSignal,
): Promise<Result<void>> {
  const found: Result<readonly string[]> =
    listed === undefined ? await listDigests(client, subject, signal) : ok(listed);
  if (found.problems !== undefined) return failed(...found.problems);
  const digests = found.value;
  const atOnce = Math.floor(IN_MEMORY / maxBytes);
  let unread: Problem | undefined;
  for (let from = 0; from < digests.length && !isEnough(); from += atOnce) {
    const read = await inParallel(digests.slice(from, from + atOnce), async (digest) =>
      readBundle(client, { digest, subject, maxBytes }, signal),
    );
    for (const { bundle, problem } of read) {
      unread ??= problem;
      if (bundle !== undefined) take(bundle);
    }
  }
  // The bundle that could not be read may be the valid one.
  return unread === undefined || isEnough() ? ok(undefined) : failed(unread);
}

async function listDigests(
  client: RegistryClient,
  subject: string,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const read = await readReferrers(client, subject, signal);
  return read.value === undefined ? read : ok(read.value.digests);
}

interface ReadBundle {
  readonly bundle?: Uint8Array;
  readonly problem?: Problem;
}

interface Referring {
  readonly digest: string;
  readonly subject: string;
  readonly maxBytes: number;
}

/**
 * Returns nothing for what is gone, and for what is not attached to `subject`: a list may name the one, and an index
 * under a tag the other.
 */
async function readBundle(
  client: RegistryClient,
  { digest, maxBytes, subject }: Referring,
  signal: AbortSignal,
): Promise<ReadBundle> {
  const manifest = await client.manifest(digest, signal);
  if (manifest.state !== 'present') return nothing(manifest);
  const { bytes } = manifest.value;
  const layer = namedBlobs(bytes)?.find(({ mediaType }) => mediaType === BUNDLE_TYPE);
  if (layer === undefined || layer.size > maxBytes || referencesOf(bytes).subject !== subject)
    return {};
  const blob = await client.blob(layer.digest, maxBytes, signal);
  return blob.state === 'present' ? { bundle: blob.value } : nothing(blob);
}

/** A manifest may lie about a size. A blob that is too large counts as none: it must not stop every later run. */
function nothing(read: Exclude<Read<unknown>, { state: 'present' }>): ReadBundle {
  const isTooLarge = read.state === 'unknown' && read.problem.code === 'ghcr-answer-too-large';
  return read.state === 'absent' || isTooLarge ? {} : { problem: read.problem };
}
