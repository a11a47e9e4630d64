import {
  type Answer,
  errorAnswer,
  FileBody,
  type HttpRequest,
  type HttpResponse,
  type Pace,
  settleAll,
  write,
} from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import type { StoredBlob } from '../image/store.ts';
import { malformed, notStored, type Operation } from '../problems.ts';
import { storeOnce } from './blob-sources.ts';
import { type RegistryClient, writeAnswer } from './client.ts';
import type { Sent } from './session.ts';
import { transferMs } from './transfer-time.ts';

/**
 * From this size on, in bytes, it is worth sending a request that may save the upload: a HEAD, or a mount,
 * which needs another token and waits for the other image's upload.
 */
const LARGE = 1024 * 1024;
/** How many large blobs to upload at once. Small ones are all uploaded at once, because they cost little but round trips. */
const LARGE_AT_ONCE = 4;

/**
 * Uploads blobs, several at once. Starts no large one after the first problem, which it returns. Calls
 * `whenLast` when it sends the last blob, and again if it sends that again; not if any blob is large,
 * because then that can take long.
 */
export async function uploadBlobs(
  client: RegistryClient,
  blobs: readonly StoredBlob[],
  pace: Pace,
  whenLast: () => void = () => undefined,
): Promise<Problem | undefined> {
  let failed: Problem | undefined;
  const unsent = new Set(blobs);
  const upload = async (blob: StoredBlob): Promise<void> => {
    const sending = (): void => {
      unsent.delete(blob);
      if (unsent.size === 0 && !blobs.some(isLarge)) whenLast();
    };
    const found = await uploadBlob(client, blob, pace, sending);
    failed ??= found;
  };
  const queue = blobs.filter(isLarge).values();
  // All workers take blobs from one iterator.
  const worker = async (): Promise<void> => {
    for (const blob of queue) {
      await upload(blob);
      if (failed !== undefined) return;
    }
  };
  const small = blobs.filter((blob) => !isLarge(blob));
  await settleAll([...small.map(upload), ...Array.from({ length: LARGE_AT_ONCE }, worker)]);
  return failed;
}

function isLarge({ size }: StoredBlob): boolean {
  return size >= LARGE;
}

/**
 * Uploads one blob (distribution-spec, "Pushing blobs": POST, then PUT), each time in a new
 * session, because the state of a broken one is unknown. Nobody can see a blob that no manifest
 * names, so a blob that may have arrived is as good as absent.
 */
async function uploadBlob(
  client: RegistryClient,
  blob: StoredBlob,
  pace: Pace,
  sending: () => void,
): Promise<Problem | undefined> {
  const { signal } = pace;
  const isThere = async (): Promise<boolean> => isStored(client, blob, signal);
  const location = { ...client.location, digest: blob.digest, isShared: isLarge(blob) };
  return storeOnce(location, signal, async (from) => {
    // A mount also shows whether the blob is there.
    const isFound = from === undefined && isLarge(blob) && (await isThere());
    const mounted = from === undefined ? undefined : await mount(client, blob, from, signal);
    if (isFound || mounted === true) return undefined;
    let session = mounted;
    const written = await write(
      {
        async send() {
          const first = session;
          session = undefined;
          return uploadOnce(client, blob, { pace, sending, session: first });
        },
        read: async () => ({ state: (await isThere()) ? 'identical' : 'absent' }),
      },
      pace,
    );
    return 'reason' in written ? written.reason : undefined;
  });
}

/**
 * Mounts a blob from another repository (distribution-spec, "Mounting a blob from another
 * repository"). Returns true if it is there now, the upload session that the registry began
 * instead, or undefined. A refusal is not a problem: Docker Hub wants rights for `from`, Harbor
 * answers 401 without them, GitLab has given tokens for one of two repositories.
 */
async function mount(
  client: RegistryClient,
  blob: StoredBlob,
  from: string,
  signal: AbortSignal,
): Promise<HttpResponse | true | undefined> {
  const query = new URLSearchParams({ mount: blob.digest, from });
  const { response } = await client.session.sendReading(
    from,
    startRequest(client, `?${query.toString()}`, signal),
    client.operation('mount', blob.digest),
  );
  // Upload it if the registry does not say that it is there.
  if (response?.status === 201) return namesBlob(response, blob) ? true : undefined;
  return response?.status === 202 ? response : undefined;
}

function startRequest(client: RegistryClient, query: string, signal: AbortSignal): HttpRequest {
  const url = client.url(`blobs/uploads/${query}`);
  return { method: 'POST', url, body: new Uint8Array(0), signal };
}

async function isStored(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
): Promise<boolean> {
  return (await statusOf(client, blob, signal)) === 200;
}

/** Returns the answer to a HEAD; undefined if there is none. */
async function statusOf(
  client: RegistryClient,
  blob: StoredBlob,
  signal: AbortSignal,
): Promise<number | undefined> {
  const request: HttpRequest = { method: 'HEAD', url: client.url(`blobs/${blob.digest}`), signal };
  const operation = client.operation('look for', blob.digest);
  return (await client.session.send(request, 'push', operation)).response?.status;
}

/** How often to look for a blob whose upload was accepted. */
const LOOKS = 3;

/**
 * Checks that a blob is there, if the answer that accepted its upload does not name it, and before a
 * manifest names it: some registries accept a manifest whose blobs they lack, and then nobody could
 * pull the image. Only a 404 means that the blob is absent; it may appear later.
 */
async function confirm(
  client: RegistryClient,
  blob: StoredBlob,
  pace: Pace,
): Promise<Answer<Problem>> {
  for (let look = 1; ; look += 1) {
    if ((await statusOf(client, blob, pace.signal)) !== 404) return { state: 'accepted' };
    if (look === LOOKS || !(await pace.pause(look))) break;
  }
  const reason = notStored(client.operation('upload', blob.digest));
  return { state: 'denied', again: false, reason };
}

interface Attempt {
  readonly pace: Pace;
  /** Called when the blob's bytes are sent. */
  readonly sending: () => void;
  /** An answer that began an upload session, if there is one. */
  readonly session: HttpResponse | undefined;
}

async function uploadOnce(
  client: RegistryClient,
  blob: StoredBlob,
  { pace, sending, session }: Attempt,
): Promise<Answer<Problem>> {
  const { signal } = pace;
  const operation = client.operation('upload', blob.digest);
  const started: Sent =
    session === undefined
      ? await client.session.send(startRequest(client, '', signal), 'push', operation)
      : { response: session };
  if (started.response === undefined) return errorAnswer(started.kind, started.problem);
  const answer = uploadAnswer(operation, started.response, [202], [409]);
  if (answer.state !== 'accepted') return answer;
  const location = uploadLocation(operation, started.response);
  if (!(location instanceof URL)) return errorAnswer(undefined, location);
  location.searchParams.set('digest', blob.digest);
  const put: HttpRequest = {
    method: 'PUT',
    url: location.href,
    from: started.response.url,
    headers: { 'content-type': 'application/octet-stream' },
    // In one piece of any size: GHCR accepts at most 4 MiB in a PATCH.
    body: new FileBody(blob.path, blob.size),
    deadlineMs: transferMs(blob.size),
    signal,
  };
  sending();
  const done = await client.session.send(put, 'push', operation);
  if (done.response === undefined) return errorAnswer(done.kind, done.problem);
  const stored = uploadAnswer(operation, done.response, [201, 204], [404, 409, 416]);
  const isDoubtful = stored.state === 'accepted' && !namesBlob(done.response, blob);
  return isDoubtful ? confirm(client, blob, pace) : stored;
}

/** True if the answer names what was stored, as the answers of registries do. */
function namesBlob({ headers }: HttpResponse, { digest }: StoredBlob): boolean {
  return headers.get('docker-content-digest') === digest;
}

/**
 * `ended` lists statuses by which a registry says that this session is over; a new one may succeed.
 */
function uploadAnswer(
  operation: Operation,
  response: HttpResponse,
  accepted: readonly number[],
  ended: readonly number[],
): Answer<Problem> {
  const answer = writeAnswer(operation, response, accepted, { again: false });
  if (answer.state === 'accepted' || !ended.includes(response.status)) return answer;
  const hint =
    'Run the same command again: another upload of the same content may have been under way.';
  const reason = { ...answer.reason, code: 'ghcr-upload-ended', rerun: 'safe', hint } as const;
  return { ...answer, again: true, reason };
}

function uploadLocation(operation: Operation, response: HttpResponse): URL | Problem {
  const given = response.headers.get('location');
  const location = given === null ? null : URL.parse(given, response.url);
  const isUsable =
    location !== null &&
    /^https?:$/.test(location.protocol) &&
    location.username === '' &&
    location.password === '';
  return isUsable ? location : malformed(operation, 'the answer names no upload location');
}
