import { inParallel } from '@ameide/publisher-kit';
import { BUNDLE_TYPE } from '@ameide/publisher-kit/sigstore';
import { failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { namedBlobs, referencesOf } from '../image/manifest.ts';
import type { RegistryClient } from '../registry/client.ts';
import { readReferrers } from '../registry/named-referrers.ts';

/**
 * A bundle has a certificate, a log entry and a statement: some kilobytes. Anybody who may write to the
 * repository can attach anything; what is larger is no bundle.
 */
const MAX_BUNDLE = 4 * 1024 * 1024;

/** Reads every Sigstore bundle that is attached to a manifest, whoever made it. */
export async function readBundles(
  client: RegistryClient,
  subject: string,
  signal: AbortSignal,
): Promise<Result<readonly Uint8Array[]>> {
  const referrers = await readReferrers(client, subject, signal);
  if (referrers.problems !== undefined) return failed(...referrers.problems);
  const read = await inParallel(referrers.value.digests, async (digest) =>
    readBundle(client, { digest, subject }, signal),
  );
  const [problem] = read.flatMap((one) => one.problem ?? []);
  return problem === undefined ? ok(read.flatMap((one) => one.bundle ?? [])) : failed(problem);
}

interface Read {
  readonly bundle?: Uint8Array;
  readonly problem?: Problem;
}

/** A list may name what is gone, and an index under a tag what is not attached. */
async function readBundle(
  client: RegistryClient,
  { digest, subject }: { readonly digest: string; readonly subject: string },
  signal: AbortSignal,
): Promise<Read> {
  const manifest = await client.manifest(digest, signal);
  if (manifest.state === 'unknown') return { problem: manifest.problem };
  if (manifest.state === 'absent') return {};
  const { bytes } = manifest.value;
  const layer = namedBlobs(bytes)?.find(({ mediaType }) => mediaType === BUNDLE_TYPE);
  if (layer === undefined || layer.size > MAX_BUNDLE || referencesOf(bytes).subject !== subject)
    return {};
  const blob = await client.blob(layer.digest, MAX_BUNDLE, signal);
  if (blob.state === 'unknown') return { problem: blob.problem };
  return blob.state === 'absent' ? {} : { bundle: blob.value };
}
