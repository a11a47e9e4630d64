import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ContentStore, ManifestRecord } from './content-store.ts';
import { digestOf, formatDigest, parseDigest, requireDigest, sameDigest } from './digest.ts';
import { type Manifest, parseManifest, type Reference } from './manifest.ts';
import { RegistryError } from './registry-error.ts';
import { isTag } from './route.ts';

/** 4 MiB: the lowest limit that the specification allows, and that of the well-known registries. */
const LARGEST_MANIFEST = 4 * 1024 * 1024;

/**
 * GET or HEAD by tag or digest. If `Accept` does not list the manifest's type, answers that it is
 * unknown, as docker-registry does.
 */
export async function readManifest(
  store: ContentStore,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  reference: string,
): Promise<void> {
  const digest =
    parseDigest(reference) ?? (isTag(reference) ? await store.tag(name, reference) : undefined);
  const record = digest && (await store.manifest(name, digest));
  if (digest === undefined || record === undefined) throw unknown(reference);
  if (!accepts(request.headers.accept, record.mediaType)) {
    throw new RegistryError(
      'MANIFEST_UNKNOWN',
      `the manifest is ${record.mediaType}, which the Accept header leaves out`,
      {
        detail: reference,
      },
    );
  }
  const bytes = await store.manifestBytes(digest);
  response.writeHead(200, {
    'content-type': record.mediaType,
    'content-length': bytes.length,
    'docker-content-digest': formatDigest(digest),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/**
 * PUT by tag or digest. The repository must have everything that the manifest names, except its
 * subject.
 */
export async function putManifest(
  store: ContentStore,
  request: IncomingMessage,
  response: ServerResponse,
  at: { readonly name: string; readonly reference: string; readonly referrers: boolean },
): Promise<void> {
  const { name, reference } = at;
  const asked = parseDigest(reference);
  if (asked === undefined && !isTag(reference))
    throw new RegistryError('MANIFEST_INVALID', 'neither a tag nor a digest', {
      detail: reference,
    });
  const bytes = await readManifestBody(request);
  const digest = digestOf(bytes, asked?.algorithm);
  if (asked && !sameDigest(asked, digest)) {
    throw new RegistryError('DIGEST_INVALID', 'the manifest has another digest', {
      detail: { expected: reference, actual: formatDigest(digest) },
    });
  }
  const manifest = parseManifest(bytes, request.headers['content-type']);
  await requireReferences(store, name, manifest);
  await store.putManifest(name, digest, bytes, recordOf(manifest, bytes.length));
  if (asked === undefined) await store.putTag(name, reference, digest);
  const subject =
    manifest.subject && at.referrers ? { 'oci-subject': formatDigest(manifest.subject) } : {};
  const text = formatDigest(digest);
  response
    .writeHead(201, {
      location: `/v2/${name}/manifests/${text}`,
      'docker-content-digest': text,
      'content-length': 0,
      ...subject,
    })
    .end();
}

/** DELETE of one tag, or of a manifest and every tag that names it. */
export async function deleteManifest(
  store: ContentStore,
  response: ServerResponse,
  name: string,
  reference: string,
): Promise<void> {
  const digest = parseDigest(reference);
  const there = digest
    ? await store.deleteManifest(name, digest)
    : isTag(reference) && (await store.deleteTag(name, reference));
  if (!there) throw unknown(reference);
  response.writeHead(202).end();
}

/** GET of the tag list, in lexical order, from after `last`, at most `n`. */
export async function listTags(
  store: ContentStore,
  response: ServerResponse,
  name: string,
  query: URLSearchParams,
): Promise<void> {
  const tags = await store.tags(name);
  if (tags === undefined)
    throw new RegistryError('NAME_UNKNOWN', 'no such repository', { detail: name });
  const last = query.get('last');
  const after = tags
    .toSorted(compareTags)
    .filter((tag) => last === null || compareTags(tag, last) > 0);
  const n = /^\d{1,9}$/.test(query.get('n') ?? '') ? Number(query.get('n')) : after.length;
  const page = after.slice(0, n);
  const end = page.at(-1);
  const more = end !== undefined && page.length < after.length;
  const link = more
    ? { link: `</v2/${name}/tags/list?n=${n}&last=${encodeURIComponent(end)}>; rel="next"` }
    : {};
  response
    .writeHead(200, { 'content-type': 'application/json', ...link })
    .end(JSON.stringify({ name, tags: page }));
}

/**
 * GET of the manifests whose subject is `digestText`, filtered by `artifactType` when asked
 * (specification § Listing Referrers).
 */
export async function listReferrers(
  store: ContentStore,
  response: ServerResponse,
  name: string,
  digestText: string,
  query: URLSearchParams,
): Promise<void> {
  const subject = formatDigest(requireDigest(digestText));
  const filter = query.get('artifactType');
  const found = (await store.manifests(name)).filter(
    (item) => item.subject === subject && (filter === null || item.artifactType === filter),
  );
  const manifests = found.map(({ mediaType, size, digest, artifactType, annotations }) => ({
    mediaType,
    size,
    digest: formatDigest(digest),
    artifactType,
    annotations,
  }));
  const applied = filter === null ? {} : { 'oci-filters-applied': 'artifactType' };
  response.writeHead(200, {
    'content-type': 'application/vnd.oci.image.index.v1+json',
    ...applied,
  });
  response.end(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests,
    }),
  );
}

function recordOf(manifest: Manifest, size: number): ManifestRecord {
  return {
    mediaType: manifest.mediaType,
    size,
    ...(manifest.subject && { subject: formatDigest(manifest.subject) }),
    ...(manifest.artifactType !== undefined && { artifactType: manifest.artifactType }),
    ...(manifest.annotations && { annotations: manifest.annotations }),
  };
}

async function requireReferences(
  store: ContentStore,
  name: string,
  manifest: Manifest,
): Promise<void> {
  for (const blob of manifest.blobs)
    requirePresent(blob, (await store.blob(name, blob.digest))?.size);
  for (const child of manifest.manifests)
    requirePresent(child, (await store.manifest(name, child.digest))?.size);
}

function requirePresent(reference: Reference, size: number | undefined): void {
  const detail = formatDigest(reference.digest);
  if (size === undefined)
    throw new RegistryError(
      'MANIFEST_BLOB_UNKNOWN',
      'the manifest names content that this repository does not have',
      { detail },
    );
  if (size !== reference.size)
    throw new RegistryError(
      'MANIFEST_INVALID',
      `a descriptor says ${reference.size} bytes, the content has ${size}`,
      { detail },
    );
}

async function readManifestBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Read and drop the rest, so that the client reads the answer.
    if (length <= LARGEST_MANIFEST) chunks.push(chunk);
  }
  if (length > LARGEST_MANIFEST)
    throw new RegistryError(
      'MANIFEST_INVALID',
      `a manifest has at most ${LARGEST_MANIFEST} bytes`,
      { status: 413 },
    );
  return Buffer.concat(chunks);
}

function accepts(header: string | undefined, mediaType: string): boolean {
  if (header === undefined) return true;
  return header.split(',').some((item) => {
    const [type, ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))) return false;
    return type === '*/*' || type === 'application/*' || type === mediaType;
  });
}

/**
 * Compares without case first, as the specification defines lexical order; then by code unit, so
 * that the order is total.
 */
function compareTags(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  if (a !== b) return a < b ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

function unknown(reference: string): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', 'this repository has no such manifest', {
    detail: reference,
  });
}
