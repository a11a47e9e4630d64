import type { HttpRequest, HttpResponse } from '@ameide/publisher-kit';
import type { Problem } from '@ameide/versioning-core';
import { isManifest, mediaTypeOf } from '../image/manifest.ts';
import { ACCEPT } from '../image/media-types.ts';
import { digestOf } from '../image/store.ts';
import { answerProblem, type Deed, isDoubtful, malformed, problem } from '../problems.ts';
import { isDigest } from '../reference.ts';
import type { Sent, Session } from './session.ts';

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

/** `doubtful`: the registry may have stored it. */
export type Stored =
  | { readonly state: 'stored' }
  | { readonly state: 'refused' | 'doubtful'; readonly problem: Problem };

const MAX_MANIFEST = 4 * 1024 * 1024; // The least that the distribution-spec asks registries to take.
const MAX_CONFIG = 16 * 1024 * 1024;

/** Manifests and small blobs of one repository. Every byte read is checked against its digest. */
export class RegistryClient {
  readonly session: Session;
  readonly #base: string;
  readonly #name: string;

  /** `name` is the image's, for messages. */
  constructor(session: Session, repository: string, name: string) {
    this.session = session;
    this.#base = `${session.origin}/v2/${repository}`;
    this.#name = name;
  }

  url(path: string): string {
    return `${this.#base}/${path}`;
  }

  /** A read deed, or a write's with the effect it may have. */
  deed(verb: string, reference: string, effect: Problem['effect'] = 'none'): Deed {
    const where = `${this.#name}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
    return { what: `${verb} ${where}`, coordinate: `oci:${where}`, effect };
  }

  /**
   * Whether a registry answers at all and takes our token: `GET /v2/`, and an exchange for writing.
   */
  async ping(signal: AbortSignal): Promise<Problem | undefined> {
    const deed: Deed = { what: `reach ${this.session.origin}`, effect: 'none' };
    const sent = await this.session.send(
      { method: 'GET', url: `${this.session.origin}/v2/`, signal },
      'push',
      deed,
    );
    if (sent.response === undefined) return sent.problem;
    const { status } = sent.response;
    if (status === 200) return undefined;
    if (status === 404)
      return problem(
        'ghcr-not-a-registry',
        'input',
        `Could not ${deed.what}: there is no /v2/, so this is no OCI registry.`,
      );
    return answerProblem(deed, sent.response);
  }

  /** By tag or digest. */
  async manifest(reference: string, signal: AbortSignal): Promise<Read<Manifest>> {
    const deed = this.deed('read', reference);
    const request = {
      method: 'GET',
      url: this.url(`manifests/${reference}`),
      headers: { accept: ACCEPT },
      maxBytes: MAX_MANIFEST,
    } as const;
    const read = bodyOf(
      await this.session.send({ ...request, signal }, 'pull', deed),
      deed,
      this.session.signedIn,
    );
    if (read.state !== 'present') return read;
    const { headers, body } = read.value;
    const digest = digestOf(body);
    const claimed = [
      headers.get('docker-content-digest'),
      isDigest(reference) ? reference : null,
    ].find((claim) => isDigest(claim) && claim !== digest);
    if (claimed !== undefined)
      return { state: 'unknown', problem: this.#mismatch(deed, claimed, digest) };
    if (!isManifest(body))
      return { state: 'unknown', problem: malformed(deed, 'what came back is no manifest') };
    const mediaType = mediaTypeOf(body, headers.get('content-type'));
    return { state: 'present', value: { mediaType, digest, bytes: body } };
  }

  /** An image config: a blob small enough to hold. */
  async config(digest: string, signal: AbortSignal): Promise<Read<Uint8Array>> {
    const deed = this.deed('read', digest);
    const request: HttpRequest = {
      method: 'GET',
      url: this.url(`blobs/${digest}`),
      maxBytes: MAX_CONFIG,
      signal,
    };
    const read = bodyOf(
      await this.session.send(request, 'pull', deed),
      deed,
      this.session.signedIn,
    );
    if (read.state !== 'present') return read;
    const actual = digestOf(read.value.body);
    if (actual !== digest)
      return { state: 'unknown', problem: this.#mismatch(deed, digest, actual) };
    return { state: 'present', value: read.value.body };
  }

  /**
   * Stores a manifest under a tag. One attempt: whether to try again is for who can re-read first.
   */
  async putManifest(tag: string, manifest: Manifest, signal: AbortSignal): Promise<Stored> {
    const deed = this.deed('push', tag, 'unknown');
    const headers = { 'content-type': manifest.mediaType };
    const request: HttpRequest = {
      method: 'PUT',
      url: this.url(`manifests/${tag}`),
      headers,
      body: manifest.bytes,
      signal,
    };
    const sent = await this.session.send(request, 'push', deed);
    if (sent.response === undefined) {
      return {
        state: sent.problem.effect === 'unknown' ? 'doubtful' : 'refused',
        problem: sent.problem,
      };
    }
    const { status, headers: answer } = sent.response;
    // The distribution-spec's one answer to a push that was stored.
    if (status === 201) {
      const digest = answer.get('docker-content-digest');
      if (digest === null || digest === manifest.digest) return { state: 'stored' };
      return { state: 'doubtful', problem: this.#mismatch(deed, digest, manifest.digest) };
    }
    if (isDoubtful(status) || status < 300)
      return { state: 'doubtful', problem: answerProblem(deed, sent.response) };
    return { state: 'refused', problem: answerProblem({ ...deed, effect: 'none' }, sent.response) };
  }

  #mismatch(deed: Deed, claimed: string | null, actual: string): Problem {
    const said = isDigest(claimed)
      ? this.session.redact(claimed)
      : 'something that is no SHA-256 digest';
    return problem(
      'ghcr-digest-mismatch',
      'unknown',
      `Could not ${deed.what}: the registry says ${said}, the bytes are ${actual}.`,
      {
        coordinate: deed.coordinate,
        effect: deed.effect,
        rerun: 'safe',
      },
    );
  }
}

function bodyOf(sent: Sent, deed: Deed, signedIn: boolean): Read<HttpResponse> {
  if (sent.response === undefined)
    return { state: 'unknown', problem: hidden(sent.problem, signedIn) };
  if (sent.response.status === 200) return { state: 'present', value: sent.response };
  if (sent.response.status === 404) {
    // The distribution-spec's errors are JSON. A page for people is someone else's answer, and
    // proves nothing.
    const isPage = (sent.response.headers.get('content-type') ?? '').includes('html');
    return isPage
      ? { state: 'unknown', problem: malformed(deed, 'a web page came back instead of an answer') }
      : { state: 'absent' };
  }
  return { state: 'unknown', problem: hidden(answerProblem(deed, sent.response), signedIn) };
}

// GHCR answers an unknown reader with DENIED for a private package and for one that does not exist:
// that is no "absent".
function hidden(found: Problem, signedIn: boolean): Problem {
  if (signedIn || found.kind !== 'authentication') return found;
  return {
    ...found,
    hint: 'Without a token a private image and an absent one look the same. Set a token that may read this package.',
  };
}
