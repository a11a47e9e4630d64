import { HttpError } from '@ameide/publisher-kit';
import { isObject } from '@ameide/source-files/json';
import { escapedName } from '../manifest/name.ts';
import { publishDocument } from './publish-document.ts';
import type { Upload, UploadAnswer } from './upload.ts';

/** The fields that npm's library refuses, with its codes. */
const REFUSED = [
  ['private', 'EPRIVATE'],
  ['packageExtensions', 'EPACKAGEEXTENSIONS'],
] as const;

/** Enough for a large tarball over a slow line. */
const SENDING_MS = 10 * 60_000;

/** Sends one version with its provenance in one PUT, once. The token goes only to the registry's own origin. */
export async function uploadWithProvenance(
  upload: Upload,
  provenance: Uint8Array,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  const { http, manifest, registry, timeoutMs, token } = upload;
  // As npm's library refuses it, before anything is sent.
  for (const [field, code] of REFUSED)
    if (manifest[field]) return { kind: 'not-sent', reason: `${code}: it has the field ${field}` };
  try {
    const response = await http.request({
      method: 'PUT',
      url: `${registry.url}/${escapedName(manifest['name'] as string)}`,
      headers: { 'content-type': 'application/json', 'Npm-Command': 'publish' },
      credential: { scheme: 'bearer', origin: registry.origin, token },
      body: JSON.stringify(publishDocument(upload, provenance)),
      retry: 'never',
      deadlineMs: SENDING_MS + timeoutMs,
      signal,
    });
    const { redact = (text: string) => text, status } = response;
    if (status >= 200 && status < 300) return { kind: 'accepted' };
    const retryAfter = response.headers.get('retry-after');
    return {
      kind: 'answered',
      status,
      text: redact(errorIn(response.text())),
      ...(retryAfter === null ? {} : { retryAfter: redact(retryAfter) }),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    const isRefused = error.kind === 'refused' || error.kind === 'insecure';
    return { kind: isRefused ? 'refused' : 'network', reason: error.reason };
  }
}

/** Returns the registry's message: `{ "error": "…" }`. */
function errorIn(body: string): string {
  try {
    const answer: unknown = JSON.parse(body);
    const error = isObject(answer) ? answer['error'] : undefined;
    return typeof error === 'string' ? error : '';
  } catch {
    return '';
  }
}
