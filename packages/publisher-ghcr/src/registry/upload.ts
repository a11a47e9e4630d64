import { open, readFile } from 'node:fs/promises';
import { type HttpRequest, type HttpResponse, isLoopback } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { StoredBlob } from '../image/store.ts';
import type { Deed } from '../problems.ts';
import { answerProblem, insecure, malformed } from '../problems.ts';
import type { RegistryClient } from './client.ts';

/** When to look before sending and when to send in pieces; in bytes. */
export interface UploadLimits {
  /** From this size on, a HEAD that finds the blob there is worth its round trip. */
  readonly headFrom: number;
  /** Larger blobs go in pieces of this size, so that memory stays bounded. */
  readonly chunk: number;
}

const UPLOAD_LIMITS: UploadLimits = { headFrom: 1024 * 1024, chunk: 64 * 1024 * 1024 };

// The kit repeats single requests; a second session is for one that was lost.
const SESSIONS = 2;
const OCTETS = { 'content-type': 'application/octet-stream' };

/** `lost`: the session cannot be used any more, so that another one is worth opening. */
interface Failed {
  readonly problem: Problem;
  readonly lost: boolean;
}

type Step = { readonly location: URL; readonly problem?: never } | Failed;

/** Blobs under way at once: enough to hide a round trip, few enough for memory (a piece each). */
const LANES = 4;

/** Uploads blobs, several at once. Stops at the first problem, which it gives back. */
export async function uploadBlobs(client: RegistryClient, blobs: readonly StoredBlob[], signal: AbortSignal): Promise<Problem | undefined> {
  const queue = blobs.values();
  let failed: Problem | undefined;
  // All lanes draw from the one iterator.
  const lane = async (): Promise<void> => {
    for (const blob of queue) {
      const found = await uploadBlob(client, blob, signal);
      failed ??= found;
      if (failed !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return failed;
}

/**
 * Uploads one blob (distribution-spec, "Pushing blobs"): POST for a session, PUT of the bytes. Content-addressed, so that it may be
 * repeated at will; after a doubtful answer a HEAD tells whether it landed.
 */
export async function uploadBlob(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
  limits: UploadLimits = UPLOAD_LIMITS,
): Promise<Problem | undefined> {
  if (blob.size >= limits.headFrom && (await isStored(client, blob, signal))) return undefined;
  let last: Problem | undefined;
  for (let session = 0; session < SESSIONS; session++) {
    const outcome = await uploadOnce(client, blob, signal, limits);
    if (outcome === undefined) return undefined;
    last = outcome.problem;
    if (last.kind !== 'incomplete') return last;
    if (await isStored(client, blob, signal)) return undefined;
    if (!outcome.lost) return last;
  }
  return last;
}

async function isStored(client: RegistryClient, blob: StoredBlob, signal: AbortSignal): Promise<boolean> {
  const request: HttpRequest = { method: 'HEAD', url: client.url(`blobs/${blob.digest}`), signal };
  const { response } = await client.session.send(request, 'push', client.deed('look for', blob.digest));
  return response?.status === 200;
}

async function uploadOnce(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
  limits: UploadLimits,
): Promise<Failed | undefined> {
  // An unfinished upload is nothing that anyone can see.
  const deed: Deed = client.deed('upload', blob.digest);
  const post: HttpRequest = { method: 'POST', url: client.url('blobs/uploads/'), body: new Uint8Array(0), retry: 'idempotent', signal };
  let step = await expect(client, post, 202, deed);
  if (blob.size > limits.chunk) {
    const file = await open(blob.path);
    try {
      for (let from = 0; from < blob.size && step.problem === undefined; from += limits.chunk) {
        const { buffer, bytesRead } = await file.read(new Uint8Array(Math.min(limits.chunk, blob.size - from)), 0, undefined, from);
        const headers = { ...OCTETS, 'content-range': `${from}-${from + bytesRead - 1}` };
        step = await expect(client, { method: 'PATCH', url: step.location.href, headers, body: buffer, signal }, 202, deed);
      }
    } finally {
      await file.close();
    }
  }
  if (step.problem !== undefined) return step;
  step.location.searchParams.set('digest', blob.digest);
  const body = blob.size > limits.chunk ? new Uint8Array(0) : await readFile(blob.path);
  const url = step.location.href;
  const put: HttpRequest = { method: 'PUT', url, headers: OCTETS, body, retry: 'idempotent', signal, deadlineMs: putDeadline(blob.size) };
  const done = await client.session.send(put, 'push', deed);
  if (done.response === undefined) return { problem: done.problem, lost: false };
  if (done.response.status === 201 || done.response.status === 204) return undefined;
  return failure(deed, done.response);
}

async function expect(client: RegistryClient, request: HttpRequest, status: number, deed: Deed): Promise<Step> {
  const sent = await client.session.send(request, 'push', deed);
  if (sent.response === undefined) return { problem: sent.problem, lost: request.method === 'PATCH' };
  if (sent.response.status !== status) return failure(deed, sent.response);
  const given = sent.response.headers.get('location');
  const location = given !== null && URL.canParse(given, sent.response.url) ? new URL(given, sent.response.url) : undefined;
  if (location === undefined) return { problem: malformed(deed, 'the answer names no upload location'), lost: false };
  if (location.protocol === 'https:' || isLoopback(location.hostname)) return { location };
  return { problem: insecure(deed, 'the upload location is not https'), lost: false };
}

// 404 and 416: the session is gone, as after a PUT that was taken and whose answer was lost.
function failure(deed: Deed, response: HttpResponse): Failed {
  return { problem: answerProblem(deed, response), lost: response.status === 404 || response.status === 416 };
}

/** A minute, and longer for what a slow line needs: 256 KiB a second. */
function putDeadline(size: number): number {
  return 60_000 + (size / (256 * 1024)) * 1000;
}
