import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ifThere, readJson, writeAtomically } from '../atomic-file.ts';
import { createKeyedLock } from '../keyed-lock.ts';
import { type Digest, digestOfFile, formatDigest, parseDigest, sameDigest } from './digest.ts';
import { RegistryError } from './registry-error.ts';
import { isTag } from './route.ts';

/** What we store with a manifest's bytes, so that a listing need not parse them again. */
export interface ManifestRecord {
  readonly mediaType: string;
  readonly size: number;
  readonly subject?: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * The registry's state on disk.
 *
 *     blobs/<algorithm>/<hex>                            content, shared by all repositories; manifests too
 *     repositories/<name>/_blobs/<algorithm>/<hex>       empty: this repository has that blob
 *     repositories/<name>/_manifests/<algorithm>/<hex>   a ManifestRecord
 *     repositories/<name>/_tags/<tag>                    a digest
 *     repositories/<name>/_uploads/<session>             what an upload has sent so far
 *
 * No component of a repository's name begins with `_`. Content is written before the link that
 * makes it visible.
 */
export class ContentStore {
  readonly #directory: string;
  readonly #lock = createKeyedLock();

  constructor(directory: string) {
    this.#directory = directory;
  }

  // Blobs

  /** Returns the file of a blob and its size in bytes, if the repository has it. */
  async blob(
    name: string,
    digest: Digest,
  ): Promise<{ readonly path: string; readonly size: number } | undefined> {
    if ((await ifThere(stat(this.#link(name, '_blobs', digest)))) === undefined) return undefined;
    const path = this.#content(digest);
    return { path, size: (await stat(path)).size };
  }

  /**
   * Makes a blob of one repository visible in another. Returns false if `from` does not have it.
   */
  async mountBlob(name: string, digest: Digest, from: string): Promise<boolean> {
    if ((await this.blob(from, digest)) === undefined) return false;
    await writeAtomically(this.#link(name, '_blobs', digest), '');
    return true;
  }

  /**
   * Removes a blob from a repository; other repositories keep the content. Returns false if the
   * repository did not have it.
   */
  async deleteBlob(name: string, digest: Digest): Promise<boolean> {
    return remove(this.#link(name, '_blobs', digest));
  }

  // Uploads

  async startUpload(name: string): Promise<string> {
    const session = randomUUID();
    const path = this.#upload(name, session);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
    return session;
  }

  /** Returns how many bytes an upload has. Waits for a request that is still sending. */
  async uploadSize(name: string, session: string): Promise<number> {
    const path = this.#upload(name, session);
    return this.#lock(path, () => sizeOfUpload(path));
  }

  /**
   * Appends a request's body and returns the new size. After a broken request, its bytes stay, and
   * the client can ask how many there are.
   */
  async appendUpload(
    name: string,
    session: string,
    body: IncomingMessage,
    range: { start: number; end: number } | undefined,
  ): Promise<number> {
    const path = this.#upload(name, session);
    return this.#lock(path, () => append(path, body, range));
  }

  /**
   * Ends an upload, which becomes a blob of the repository. Its bytes on disk must have `digest`.
   */
  async finishUpload(name: string, session: string, digest: Digest): Promise<void> {
    const path = this.#upload(name, session);
    await this.#lock(path, async () => {
      await sizeOfUpload(path);
      const actual = await digestOfFile(path, digest.algorithm);
      if (!sameDigest(actual, digest)) {
        await rm(path, { force: true });
        const detail = { expected: formatDigest(digest), actual: formatDigest(actual) };
        throw new RegistryError('DIGEST_INVALID', 'the uploaded bytes have another digest', {
          detail,
        });
      }
      const content = this.#content(digest);
      await mkdir(dirname(content), { recursive: true });
      await rename(path, content);
      await writeAtomically(this.#link(name, '_blobs', digest), '');
    });
  }

  async cancelUpload(name: string, session: string): Promise<boolean> {
    const path = this.#upload(name, session);
    return this.#lock(path, () => remove(path));
  }

  // Manifests and tags

  async putManifest(
    name: string,
    digest: Digest,
    bytes: Uint8Array,
    record: ManifestRecord,
  ): Promise<void> {
    await writeAtomically(this.#content(digest), bytes);
    await writeAtomically(this.#link(name, '_manifests', digest), JSON.stringify(record));
  }

  async manifest(name: string, digest: Digest): Promise<ManifestRecord | undefined> {
    return readJson<ManifestRecord>(this.#link(name, '_manifests', digest));
  }

  async manifestBytes(digest: Digest): Promise<Buffer> {
    return readFile(this.#content(digest));
  }

  /** Every manifest of a repository, in the order of their digests. */
  async manifests(
    name: string,
  ): Promise<readonly (ManifestRecord & { readonly digest: Digest })[]> {
    const found = ['sha256', 'sha512'].map(async (algorithm) => {
      const names = await list(join(this.#repository(name), '_manifests', algorithm));
      const records = names.map(async (hex) => {
        const digest = parseDigest(`${algorithm}:${hex}`);
        const record = digest && (await this.manifest(name, digest));
        return digest && record ? [{ ...record, digest }] : [];
      });
      return (await Promise.all(records)).flat();
    });
    return (await Promise.all(found)).flat();
  }

  /**
   * Removes a manifest and every tag that names it from a repository. Returns false if there was
   * none.
   */
  async deleteManifest(name: string, digest: Digest): Promise<boolean> {
    if ((await this.manifest(name, digest)) === undefined) return false;
    const untag = async (tag: string): Promise<void> => {
      const target = await this.tag(name, tag);
      if (target && sameDigest(target, digest)) await this.deleteTag(name, tag);
    };
    await Promise.all(((await this.tags(name)) ?? []).map(untag));
    return remove(this.#link(name, '_manifests', digest));
  }

  async tag(name: string, tag: string): Promise<Digest | undefined> {
    const text = await ifThere(readFile(join(this.#repository(name), '_tags', tag), 'utf8'));
    return text === undefined ? undefined : parseDigest(text);
  }

  async putTag(name: string, tag: string, digest: Digest): Promise<void> {
    await writeAtomically(join(this.#repository(name), '_tags', tag), formatDigest(digest));
  }

  async deleteTag(name: string, tag: string): Promise<boolean> {
    return remove(join(this.#repository(name), '_tags', tag));
  }

  /**
   * Returns the tags of a repository in no particular order; `undefined` if nothing was ever pushed
   * to it.
   */
  async tags(name: string): Promise<readonly string[] | undefined> {
    const folder = this.#repository(name);
    const known = (await list(folder)).some(
      (entry) => entry === '_manifests' || entry === '_blobs',
    );
    return known ? (await list(join(folder, '_tags'))).filter(isTag) : undefined;
  }

  #repository(name: string): string {
    return join(this.#directory, 'repositories', ...name.split('/'));
  }

  #link(name: string, kind: '_blobs' | '_manifests', digest: Digest): string {
    return join(this.#repository(name), kind, digest.algorithm, digest.hex);
  }

  #content(digest: Digest): string {
    return join(this.#directory, 'blobs', digest.algorithm, digest.hex);
  }

  #upload(name: string, session: string): string {
    return join(this.#repository(name), '_uploads', session);
  }
}

async function append(
  path: string,
  body: IncomingMessage,
  range: { start: number; end: number } | undefined,
): Promise<number> {
  const before = await sizeOfUpload(path);
  if (range && range.start !== before) {
    throw new RegistryError(
      'BLOB_UPLOAD_INVALID',
      `the next byte is ${before}, not ${range.start}`,
      {
        status: 416,
        headers: { range: rangeOf(before) },
      },
    );
  }
  await pipeline(body, createWriteStream(path, { flags: 'a' }));
  const after = await sizeOfUpload(path);
  if (range && after !== range.end + 1) {
    await truncate(path, before);
    throw new RegistryError(
      'SIZE_INVALID',
      `Content-Range ends at ${range.end}, the bytes at ${after - 1}`,
    );
  }
  return after;
}

/**
 * Returns the `Range` header of an upload's answer. No value is right for an empty upload; every
 * registry says `0-0`.
 */
export function rangeOf(size: number): string {
  return `0-${Math.max(size - 1, 0)}`;
}

async function sizeOfUpload(path: string): Promise<number> {
  const found = await ifThere(stat(path));
  if (found === undefined)
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 'no such upload, or it has ended');
  return found.size;
}

async function list(folder: string): Promise<readonly string[]> {
  return (await ifThere(readdir(folder))) ?? [];
}

async function remove(path: string): Promise<boolean> {
  if ((await ifThere(stat(path))) === undefined) return false;
  await rm(path, { force: true });
  return true;
}
