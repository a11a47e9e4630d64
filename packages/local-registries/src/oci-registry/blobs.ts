import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, pipeline } from 'node:stream/promises';
import { type ContentStore, rangeOf } from './content-store.ts';
import { type Digest, formatDigest, parseDigest, requireDigest } from './digest.ts';
import { RegistryError } from './registry-error.ts';
import { isName } from './route.ts';

/** GET or HEAD of a blob; GET answers one `Range` of bytes (RFC 9110 §14). */
export async function readBlob(
  store: ContentStore,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  digestText: string,
): Promise<void> {
  const digest = requireDigest(digestText);
  const blob = await store.blob(name, digest);
  if (blob === undefined)
    throw new RegistryError('BLOB_UNKNOWN', 'this repository has no such blob', {
      detail: digestText,
    });
  const headers = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': digestText,
    'accept-ranges': 'bytes',
  };
  const range =
    request.method === 'GET' ? requestedRange(request.headers.range, blob.size) : undefined;
  if (range === 'unsatisfiable') {
    throw new RegistryError('SIZE_INVALID', 'the range is outside the blob', {
      status: 416,
      headers: { 'content-range': `bytes */${blob.size}` },
    });
  }
  const [start, end] = range ?? [0, blob.size - 1];
  const partial = range ? { 'content-range': `bytes ${start}-${end}/${blob.size}` } : {};
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'content-length': end - start + 1,
    ...partial,
  });
  if (request.method === 'HEAD' || blob.size === 0) response.end();
  else await pipeline(createReadStream(blob.path, { start, end }), response);
}

export async function deleteBlob(
  store: ContentStore,
  response: ServerResponse,
  name: string,
  digestText: string,
): Promise<void> {
  if (!(await store.deleteBlob(name, requireDigest(digestText)))) {
    throw new RegistryError('BLOB_UNKNOWN', 'this repository has no such blob', {
      detail: digestText,
    });
  }
  response.writeHead(202).end();
}

/** POST: mounts a blob, accepts a whole one, or starts an upload, depending on the query. */
export async function startUpload(
  store: ContentStore,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  query: URLSearchParams,
): Promise<void> {
  const mount = parseDigest(query.get('mount') ?? '');
  const from = query.get('from') ?? '';
  if (mount && isName(from) && (await store.mountBlob(name, mount, from))) {
    created(response, name, mount);
    return;
  }
  const digestText = query.get('digest');
  const digest = digestText === null ? undefined : requireDigest(digestText);
  const session = await store.startUpload(name);
  if (digest === undefined) {
    progress(response, 202, name, session, 0);
    return;
  }
  await store.appendUpload(name, session, request, undefined);
  await store.finishUpload(name, session, digest);
  created(response, name, digest);
}

/**
 * Continues an upload: GET (how far it is), PATCH (a chunk), PUT (the last chunk, if any, and the
 * end) and DELETE.
 */
export async function continueUpload(
  store: ContentStore,
  request: IncomingMessage,
  response: ServerResponse,
  at: { readonly name: string; readonly session: string; readonly largestChunk: number },
  query: URLSearchParams,
): Promise<void> {
  const { name, session } = at;
  switch (request.method ?? '') {
    case 'GET':
      progress(response, 204, name, session, await store.uploadSize(name, session));
      return;
    case 'PATCH':
      await requireSmallChunk(request, at.largestChunk);
      progress(
        response,
        202,
        name,
        session,
        await store.appendUpload(name, session, request, chunkRange(request)),
      );
      return;
    case 'PUT': {
      const digest = requireDigest(query.get('digest') ?? '');
      await store.appendUpload(name, session, request, chunkRange(request));
      await store.finishUpload(name, session, digest);
      created(response, name, digest);
      return;
    }
    case 'DELETE':
      if (!(await store.cancelUpload(name, session)))
        throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 'no such upload, or it has ended');
      response.writeHead(204).end();
      return;
    default:
      throw new RegistryError('UNSUPPORTED', `${request.method} is not for uploads`);
  }
}

function created(response: ServerResponse, name: string, digest: Digest): void {
  const text = formatDigest(digest);
  response
    .writeHead(201, {
      location: `/v2/${name}/blobs/${text}`,
      'docker-content-digest': text,
      'content-length': 0,
    })
    .end();
}

function progress(
  response: ServerResponse,
  status: 202 | 204,
  name: string,
  session: string,
  size: number,
): void {
  const length = status === 202 ? { 'content-length': 0 } : {};
  const location = `/v2/${name}/blobs/uploads/${session}`;
  response
    .writeHead(status, { location, range: rangeOf(size), 'docker-upload-uuid': session, ...length })
    .end();
}

async function requireSmallChunk(request: IncomingMessage, most: number): Promise<void> {
  const range = chunkRange(request);
  if (range === undefined || range.end - range.start < most) return;
  // Read and drop the rest, so that the client reads the answer.
  request.resume();
  await finished(request);
  throw new RegistryError(
    'REQUESTED_RANGE_NOT_SATISFIABLE',
    `the request body exceeds the maximum permissible limit of ${most} bytes`,
  );
}

/**
 * `Content-Range: <start>-<end>` of a chunk, both inclusive (specification § Pushing a blob in
 * chunks).
 */
function chunkRange(request: IncomingMessage): { start: number; end: number } | undefined {
  const header = request.headers['content-range'];
  if (header === undefined) return undefined;
  const [, start, end] = /^(\d{1,15})-(\d{1,15})$/.exec(header) ?? [];
  if (start === undefined || end === undefined)
    throw new RegistryError('BLOB_UPLOAD_INVALID', 'Content-Range must be <start>-<end>', {
      status: 416,
    });
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) !== Number(end) - Number(start) + 1) {
    throw new RegistryError('SIZE_INVALID', 'Content-Range and Content-Length disagree');
  }
  return { start: Number(start), end: Number(end) };
}

/**
 * Returns one range of bytes, inclusive; `undefined` if there is none, or if it has a form that we
 * may ignore (several ranges, other units).
 */
function requestedRange(
  header: string | undefined,
  size: number,
): readonly [number, number] | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return start < size && start <= end ? [start, end] : 'unsatisfiable';
}
