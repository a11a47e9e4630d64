import { createHash } from 'node:crypto';
import { ArchiveError, httpProblem, sha512Integrity } from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import { type Coordinate, failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import { LARGEST_TEXT, readPackageFiles } from '../pack/package-files.ts';
import { malformed } from '../problems.ts';
import { createClient } from './client.ts';
import { parseGitHead, type VersionDocument } from './version-document.ts';

/** A tarball that clients would install, and its digest: `sha512-…`. */
export interface Tarball {
  readonly bytes: Uint8Array;
  readonly digest: string;
}

/**
 * Completes a version whose document lacks the commit or the digest (Gitea and GitLab drop
 * `gitHead`, GitLab `integrity`, too): both are in the tarball. Rejects as the client does.
 */
export async function completeFromTarball(
  target: Target,
  coordinate: Coordinate,
  document: VersionDocument,
  signal: AbortSignal,
): Promise<Result<VersionDocument>> {
  const read = await readTarball(target, coordinate, document, signal);
  if (read.value === undefined) return read;
  const { bytes, digest } = read.value;
  const gitHead = document.gitHead ?? (await packedGitHead(bytes, signal));
  if (gitHead === 'unreadable') return failed(notAPackage(coordinate));
  return ok({ ...document, digests: [digest], ...(gitHead === undefined ? {} : { gitHead }) });
}

/**
 * Downloads the tarball that clients install, which the document's digest proves to be the right
 * one. Rejects as the client does.
 */
export async function readTarball(
  target: Target,
  coordinate: Coordinate,
  document: VersionDocument,
  signal: AbortSignal,
): Promise<Result<Tarball>> {
  const { reference, what } = reading(coordinate);
  const served = await downloadTarball(target, coordinate, document, signal);
  if (served.value === undefined || isThatTarball(document, served.value)) return served;
  return failed(
    malformed(what, 'its bytes are not those whose digest the registry shows', reference),
  );
}

/** Downloads the tarball that clients would get, whatever the document says of its bytes. */
export async function downloadTarball(
  target: Target,
  coordinate: Coordinate,
  document: VersionDocument,
  signal: AbortSignal,
): Promise<Result<Tarball>> {
  const { reference, what } = reading(coordinate);
  const url = tarballUrl(document.tarball);
  if (url === undefined)
    return failed(malformed(what, 'the registry gives no address for it', reference));
  const response = await createClient(target, signal).tarball(url.href);
  if (response.status !== 200)
    return failed(
      httpProblem({ code: 'npm', what, response, coordinate: reference, effect: 'none' }),
    );
  return ok({ bytes: response.body, digest: sha512Integrity(response.body) });
}

/** The problem of a tarball that clients cannot unpack, or npm cannot read. */
export function notAPackage(coordinate: Coordinate): Problem {
  const { reference, what } = reading(coordinate);
  return malformed(what, 'it is not an npm package', reference);
}

function reading(coordinate: Coordinate): { readonly reference: string; readonly what: string } {
  const reference = formatNpm(coordinate);
  return { reference, what: `read the tarball of ${reference}` };
}

/** Returns an address that can be asked. The kit checks where a registry may lead. */
function tarballUrl(address: string | undefined): URL | undefined {
  const url = URL.parse(address ?? '');
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

/** True if the bytes have the digest that the document shows. */
export function isThatTarball(
  { digests, shasum }: VersionDocument,
  { bytes, digest }: Tarball,
): boolean {
  if (digests.length > 0) return digests.includes(digest);
  return shasum !== undefined && createHash('sha1').update(bytes).digest('hex') === shasum;
}

/** Returns the commit that the packed package.json names. */
async function packedGitHead(
  tarball: Uint8Array,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const isText = (path: string): boolean => path === 'package.json';
    const { texts } = await readPackageFiles(tarball, {
      isText,
      largestText: LARGEST_TEXT,
      signal,
    });
    const manifest = JSON.parse(texts.get('package.json') ?? '') as unknown;
    return isObject(manifest) ? parseGitHead(manifest['gitHead']) : 'unreadable';
  } catch (error) {
    if (error instanceof ArchiveError || error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}
