import { inParallel } from '@ameide/publisher-kit';
import { BUNDLE_TYPE } from '@ameide/publisher-kit/sigstore';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { artifactTypeOf, namedBlobs } from '../image/manifest.ts';
import type { RegistryClient } from '../registry/client.ts';
import { readReferrers } from '../registry/named-referrers.ts';

/** A bundle has a certificate, a log entry and a statement: some kilobytes, rarely more than one megabyte. */
const MAX_BUNDLE = 16 * 1024 * 1024;

/** Reads every Sigstore bundle that is attached to a manifest, whoever made it. */
export async function readBundles(
  client: RegistryClient,
  subject: string,
  signal: AbortSignal,
): Promise<Result<readonly Uint8Array[]>> {
  const referrers = await readReferrers(client, subject, signal);
  if (referrers.problems !== undefined) return failed(...referrers.problems);
  const read = await inParallel(referrers.value.digests, async (digest) =>
    readBundle(client, digest, signal),
  );
  const [problem] = read.flatMap((one) => one.problem ?? []);
  return problem === undefined ? ok(read.flatMap((one) => one.bundle ?? [])) : failed(problem);
}

interface Read {
  readonly bundle?: Uint8Array;
  readonly problem?: Problem;
}

async function readBundle(
  client: RegistryClient,
  digest: string,
  signal: AbortSignal,
): Promise<Read> {
  const manifest = await client.manifest(digest, signal);
  if (manifest.state === 'unknown') return { problem: manifest.problem };
  // A list may name what is gone.
  if (manifest.state === 'absent' || artifactTypeOf(manifest.value.bytes) !== BUNDLE_TYPE) return {};
  const layer = namedBlobs(manifest.value.bytes)?.find(({ mediaType }) => mediaType === BUNDLE_TYPE);
  if (layer === undefined) return {};
  const blob = await client.blob(layer.digest, MAX_BUNDLE, signal);
  if (blob.state === 'unknown') return { problem: blob.problem };
  return blob.state === 'absent' ? {} : { bundle: blob.value };
}
