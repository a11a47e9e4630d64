import { openAsBlob } from 'node:fs';
import { type HttpRequest, type HttpResponse, isLoopback } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { StoredBlob } from '../image/store.ts';
import { answerProblem, type Deed, insecure, malformed } from '../problems.ts';
import { type Sleep, waitMs } from '../push.ts';
import type { RegistryClient } from './client.ts';

/** From this size on, a HEAD that finds the blob there is worth its round trip; bytes. */
const HEAD_FROM = 1024 * 1024;
/** Upload sessions for one blob. */
const SESSIONS = 3;
/** Blobs under way at once: enough to hide a round trip. */
const LANES = 4;

/** Uploads blobs, several at once. Stops at the first problem, which it gives back. */
export async function uploadBlobs(
  client: RegistryClient,
  blobs: readonly StoredBlob[],
  signal: AbortSignal,
  sleep: Sleep,
): Promise<Problem | undefined> {
  const queue = blobs.values();
  let failed: Problem | undefined;
  // All lanes draw from the one iterator.
  const lane = async (): Promise<void> => {
    for (const blob of queue) {
      const found = await uploadBlob(client, blob, signal, sleep);
      failed ??= found;
      if (failed !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return failed;
}

/**
 * Uploads one blob (distribution-spec, "Pushing blobs": POST, then PUT). After a doubtful answer a
 * HEAD tells whether it landed; if not, it is sent again in a new session: what the old one holds
 * is not known.
 */
async function uploadBlob(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
  sleep: Sleep,
): Promise<Problem | undefined> {
  if (blob.size >= HEAD_FROM && (await isStored(client, blob, signal))) return undefined;
  for (let session = 1; ; session++) {
    const failed = await uploadOnce(client, blob, signal);
    if (failed?.rerun !== 'safe') return failed;
    if (await isStored(client, blob, signal)) return undefined;
    if (session === SESSIONS) return failed;
    await sleep(waitMs(session), signal);
  }
}

async function isStored(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
): Promise<boolean> {
  const request: HttpRequest = { method: 'HEAD', url: client.url(`blobs/${blob.digest}`), signal };
  const { response } = await client.session.send(
    request,
    'push',
    client.deed('look for', blob.digest),
  );
  return response?.status === 200;
}

async function uploadOnce(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  // An unfinished upload is nothing that anyone can see.
  const deed = client.deed('upload', blob.digest);
  const post: HttpRequest = {
    method: 'POST',
    url: client.url('blobs/uploads/'),
    body: new Uint8Array(0),
    retry: 'idempotent',
    signal,
  };
  const started = await client.session.send(post, 'push', deed);
  if (started.response === undefined) return started.problem;
  if (started.response.status !== 202) return refusal(deed, started.response, [409]);
  const location = uploadLocation(deed, started.response);
  if (!(location instanceof URL)) return location;
  location.searchParams.set('digest', blob.digest);
  const done = await client.session.send(
    {
      method: 'PUT',
      url: location.href,
      headers: { 'content-type': 'application/octet-stream' },
      // Whole, whatever its size: GHCR takes no more than 4 MiB in a PATCH.
      body: await openAsBlob(blob.path),
      deadlineMs: deadlineMs(blob.size),
      signal,
    },
    'push',
    deed,
  );
  if (done.response === undefined) return done.problem;
  return done.response.status === 201 || done.response.status === 204
    ? undefined
    : refusal(deed, done.response, [404, 409, 416]);
}

function uploadLocation(deed: Deed, response: HttpResponse): URL | Problem {
  const given = response.headers.get('location');
  const location = given === null ? null : URL.parse(given, response.url);
  if (location === null) return malformed(deed, 'the answer names no upload location');
  return location.protocol === 'https:' || isLoopback(location.hostname)
    ? location
    : insecure(deed, 'the upload location is not https');
}

/**
 * `ended`: statuses by which a registry says that this session is no more; another one may go
 * through.
 */
function refusal(deed: Deed, response: HttpResponse, ended: readonly number[]): Problem {
  const found = answerProblem(deed, response);
  if (!ended.includes(response.status)) return found;
  const hint =
    'Run the same command again: another upload of the same content may have been under way.';
  return { ...found, code: 'ghcr-upload-ended', rerun: 'safe', hint };
}

/** A minute, and longer for what a slow line needs: 256 KiB a second. */
function deadlineMs(size: number): number {
  return 60_000 + (size / (256 * 1024)) * 1000;
}
