import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { httpProblem, sha512Integrity } from '@ameide/publisher-kit';
import { type Coordinate, failed, ok, type Problem, type Result } from '@ameide/versioning-core';
import { extract } from 'tar-stream';
import { isObject } from '../manifest/json.ts';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import { malformed } from '../problems.ts';
import { createClient } from './client.ts';
import { parseGitHead, type VersionDocument } from './version-document.ts';

/** The limits of a package.json and of a whole package, unpacked. */
const LARGEST_MANIFEST = 8 * 2 ** 20;
const LARGEST_PACKAGE = 4 * 2 ** 30;

/**
 * Completes a version whose document lacks the commit or the digest (Gitea and GitLab drop
 * `gitHead`, GitLab `integrity`, too): both are in the tarball that clients install, and that the
 * document's digest proves to be the right one. Rejects as the client does.
 */
export async function completeFromTarball(
  target: Target,
  coordinate: Coordinate,
  document: VersionDocument,
  signal: AbortSignal,
): Promise<Result<VersionDocument>> {
  const reference = formatNpm(coordinate);
  const what = `read the tarball of ${reference}`;
  const url = tarballUrl(document.tarball);
  if (url === undefined)
    return failed(malformed(what, 'the registry shows no address of it', reference));
  const response = await createClient(target, signal).tarball(url.href);
  if (response.status !== 200)
    return failed(
      httpProblem({ code: 'npm', what, response, coordinate: reference, effect: 'none' }),
    );
  const { body } = response;
  const digest = sha512Integrity(body);
  if (!isThatTarball(document, body, digest)) return failed(notThatTarball(what, reference));
  const gitHead = document.gitHead ?? (await packedGitHead(body));
  if (gitHead === 'unreadable')
    return failed(malformed(what, 'it is not an npm package', reference));
  return ok({ ...document, digests: [digest], ...(gitHead === undefined ? {} : { gitHead }) });
}

/** Returns an address that can be asked. Where a registry may lead is the kit's to say. */
function tarballUrl(address: string | undefined): URL | undefined {
  const url = URL.parse(address ?? '');
  if (url === null || url.username !== '' || url.password !== '') return undefined;
  return /^https?:$/.test(url.protocol) ? url : undefined;
}

function isThatTarball(
  { digests, shasum }: VersionDocument,
  body: Uint8Array,
  digest: string,
): boolean {
  if (digests.length > 0) return digests.includes(digest);
  return shasum !== undefined && createHash('sha1').update(body).digest('hex') === shasum;
}

/**
 * Returns the commit that the packed package.json names. As for a client that unpacks, the folder
 * has any name, and the last file of a name counts.
 */
async function packedGitHead(tarball: Uint8Array): Promise<string | undefined> {
  let found: string | undefined;
  let size = 0;
  try {
    const archive = extract();
    // A fault of one part ends the others, and so the loop.
    pipeline(Readable.from([tarball]), createGunzip(), archive, () => undefined);
    for await (const entry of archive) {
      const isManifest = /^(?:\.\/)?[^/]+\/package\.json$/.test(entry.header.name);
      const pieces: Uint8Array[] = [];
      for await (const piece of entry as AsyncIterable<Uint8Array>) {
        size += piece.length;
        if (size > (isManifest ? LARGEST_MANIFEST : LARGEST_PACKAGE)) return 'unreadable';
        if (isManifest) pieces.push(piece);
      }
      if (isManifest) found = Buffer.concat(pieces).toString('utf8');
    }
    const manifest = JSON.parse(found ?? '') as unknown;
    return isObject(manifest) ? parseGitHead(manifest['gitHead']) : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

function notThatTarball(what: string, reference: string): Problem {
  return malformed(what, 'its bytes are not those whose digest the registry shows', reference);
}
