import {
  type Answer,
  errorAnswer,
  type HttpRequest,
  type HttpResponse,
  type StatusExceptions,
  statusAnswer,
} from '@ameide/publisher-kit';
import { type Problem, problem } from '@ameide/versioning-core';
import { isManifest, mediaTypeOf } from '../image/manifest.ts';
import { ACCEPT } from '../image/media-types.ts';
import { digestOf } from '../image/store.ts';
import { isDigest } from '../image-name.ts';
import { answerProblem, malformed, type Operation, saysImmutable } from '../problems.ts';
import { bodyOf, hidden } from './body-of.ts';
import { pingRegistry } from './ping.ts';
import { type Freshness, forgetReading, readRecent } from './recent-manifests.ts';
import type { Sent, Session } from './session.ts';
import { isTagUnlisted, listTags } from './tag-list.ts';
import { transferMs } from './transfer-time.ts';

/** A manifest exactly as the registry serves it. */
export interface Manifest {
  readonly mediaType: string;
  /** Computed from `bytes`. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

export type Read<T> =
  | { readonly state: 'present'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

const MAX_MANIFEST = 4 * 1024 * 1024; // The least that the distribution-spec asks registries to take.
const MAX_CONFIG = 16 * 1024 * 1024;

/**
 * Reads and writes the manifests and small blobs of one repository. Checks all bytes that it reads
 * against their digest.
 */
export class RegistryClient {
  readonly session: Session;
  readonly location: { readonly origin: string; readonly repository: string };
  readonly #base: string;
  readonly #name: string;
  readonly #now: () => number;

  /** `name` is the image's, for messages. `now` returns milliseconds that never jump. */
  constructor(
    session: Session,
    repository: string,
    name: string,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now;
    this.session = session;
    this.location = { origin: session.origin, repository };
    this.#base = `${session.origin}/v2/${repository}`;
    this.#name = name;
  }

  url(path: string): string {
    return `${this.#base}/${path}`;
  }

  operation(verb: string, reference: string): Operation {
    const where = `${this.#name}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
    return { what: `${verb} ${where}`, coordinate: `oci:${where}`, effect: 'none' };
  }

  /**
   * Checks that a registry answers, gives us a token that may write or delete, and accepts our login.
   */
  async ping(
    signal: AbortSignal,
    access: 'push' | 'delete' = 'push',
  ): Promise<Problem | undefined> {
    return pingRegistry(this.session, access, signal);
  }

  /** Reads a manifest by tag or digest. `recent` also accepts what this run has read recently. */
  async manifest(
    reference: string,
    signal: AbortSignal,
    freshness: Freshness = 'now',
  ): Promise<Read<Manifest>> {
    const recently = { freshness, now: this.#now, signal };
    const ask = async (): Promise<Read<Manifest>> => this.#readManifest(reference, signal);
    return readRecent(this.url(`manifests/${reference}`), recently, ask);
  }

  async #readManifest(reference: string, signal: AbortSignal): Promise<Read<Manifest>> {
    const operation = this.operation('read', reference);
    const request = {
      method: 'GET',
      url: this.url(`manifests/${reference}`),
      headers: { accept: ACCEPT },
      maxBytes: MAX_MANIFEST,
    } as const;
    const sent = await this.session.send({ ...request, signal }, 'pull', operation);
    const read = bodyOf(sent, operation, this.session.signedIn);
    if (await this.#isRefusedForAbsence(sent, reference, operation, signal))
      return { state: 'absent' };
    if (read.state !== 'present') return read;
    const { headers, body } = read.value;
    const digest = digestOf(body);
    const claimed = [
      headers.get('docker-content-digest'),
      isDigest(reference) ? reference : null,
    ].find((claim) => isDigest(claim) && claim !== digest);
    if (claimed !== undefined)
      return { state: 'unknown', problem: this.#mismatch(operation, claimed, digest, 'unknown') };
    if (!isManifest(body))
      return { state: 'unknown', problem: malformed(operation, 'what came back is no manifest') };
    const mediaType = mediaTypeOf(body, headers.get('content-type'));
    return { state: 'present', value: { mediaType, digest, bytes: body } };
  }

  /** Reads every tag of the repository. */
  async tags(signal: AbortSignal): Promise<Read<readonly string[]>> {
    const operation: Operation = { what: `read the tags of ${this.#name}`, effect: 'none' };
    const read = await listTags(this.session, this.#base, operation, signal);
    return read.state === 'unknown'
      ? { ...read, problem: hidden(read.problem, this.session.signedIn) }
      : read;
  }

  /** Without a login the same answer hides a private image. */
  async #isRefusedForAbsence(
    { response }: Sent,
    reference: string,
    operation: Operation,
    signal: AbortSignal,
  ): Promise<boolean> {
    const isRefused = response !== undefined && [401, 403].includes(response.status);
    return isRefused && this.session.signedIn && !isDigest(reference)
      ? isTagUnlisted(this.session, this.#base, reference, operation, signal)
      : false;
  }

  /** Reads an image config. */
  async config(digest: string, signal: AbortSignal): Promise<Read<Uint8Array>> {
    return this.blob(digest, MAX_CONFIG, signal);
  }

  /** Reads a blob of at most `maxBytes`, which have to fit into memory. */
  async blob(digest: string, maxBytes: number, signal: AbortSignal): Promise<Read<Uint8Array>> {
    const operation = this.operation('read', digest);
    const url = this.url(`blobs/${digest}`);
    const limits = { maxBytes, deadlineMs: transferMs(maxBytes) };
    const request = { method: 'GET', url, ...limits, signal } as const;
    const sent = await this.session.send(request, 'pull', operation);
    const read = bodyOf(sent, operation, this.session.signedIn);
    if (read.state !== 'present') return read;
    const actual = digestOf(read.value.body);
    if (actual !== digest)
      return { state: 'unknown', problem: this.#mismatch(operation, digest, actual, 'unknown') };
    return { state: 'present', value: read.value.body };
  }

  /** Sends a manifest to a tag, in one attempt. */
  async putManifest(
    tag: string,
    manifest: Manifest,
    signal: AbortSignal,
  ): Promise<Answer<Problem>> {
    const operation = this.operation('push', tag);
    const headers = { 'content-type': manifest.mediaType };
    const request: HttpRequest = {
      method: 'PUT',
      url: this.url(`manifests/${tag}`),
      headers,
      body: manifest.bytes,
      signal,
    };
    forgetReading(request.url, signal);
    const sent = await this.session.send(request, 'push', operation).finally(() => {
      forgetReading(request.url, signal);
    });
    if (sent.response === undefined) return errorAnswer(sent.kind, sent.problem);
    // In the distribution-spec, only 201 means that a push was stored.
    const answer = writeAnswer(operation, sent.response, [201], { again: true });
    if (answer.state !== 'accepted') return answer;
    const digest = sent.response.headers.get('docker-content-digest');
    if (digest === null || digest === manifest.digest) return answer;
    const reason = this.#mismatch(operation, digest, manifest.digest, 'incomplete');
    return { state: 'denied', again: true, reason };
  }

  #mismatch(
    operation: Operation,
    claimed: string | null,
    actual: string,
    kind: 'unknown' | 'incomplete',
  ): Problem {
    const said = isDigest(claimed)
      ? this.session.redact(claimed)
      : 'something that is no SHA-256 digest';
    return problem({
      code: 'ghcr-digest-mismatch',
      kind,
      message: `Could not ${operation.what}: the registry says ${said}, the bytes are ${actual}.`,
      effect: 'none',
      coordinate: operation.coordinate,
    });
  }
}

/**
 * Returns the answer to a write. Another 2xx than the distribution-spec allows comes from another
 * server, or promises to store it later, so what the registry has decides.
 */
export function writeAnswer(
  operation: Operation,
  response: HttpResponse,
  accepted: readonly number[],
  { again }: { readonly again: boolean },
): Answer<Problem> {
  const { status } = response;
  const isOther = status >= 200 && status < 300 && !accepted.includes(status);
  const isFinal = status === 409 && saysImmutable(response);
  const exceptions: StatusExceptions =
    isOther || isFinal ? { [status]: { state: 'denied', again: isOther && again } } : {};
  return statusAnswer(response, () => answerProblem(operation, response), exceptions);
}
