import { createHash } from 'node:crypto';
import type { OciRepository } from './read-back.ts';

/** How one manifest names another (OCI image-spec, descriptor.md). */
export interface RawDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Pushes small images without a publisher, in the form of ours. */
export interface RawImages {
  /** Pushes an image of one platform, which names no commit without `revision`, and tags it if `tag` is given. */
  image(options: { revision?: string; platform?: string; tag?: string }): Promise<RawDescriptor>;
  /** Pushes an index of images, with the commit in its annotations, and tags it. */
  index(tag: string, revision: string, manifests: readonly RawDescriptor[]): Promise<RawDescriptor>;
  /** Pushes an index of two platforms and tags it with the commit, as a dev build is. */
  devBuild(revision: string): Promise<RawDescriptor>;
  /**
   * Attaches an artifact to an image, as cosign does with the tag `sha256-<hex>.sig`; with
   * `isReferrer`, as a manifest with a subject, which no tag names. Different `content` makes
   * different manifests.
   */
  attach(
    subject: RawDescriptor,
    options?: { suffix?: string; content?: string; isReferrer?: boolean },
  ): Promise<RawDescriptor>;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const REVISION = 'org.opencontainers.image.revision';

export function rawImages(repository: Pick<OciRepository, 'fetch'>): RawImages {
  const pushed = new Map<string, Promise<RawDescriptor>>();
  const blob = async (mediaType: string, content: string): Promise<RawDescriptor> => {
    const known = pushed.get(content) ?? pushBlob(repository, mediaType, content);
    pushed.set(content, known);
    return known;
  };
  const manifest = async (body: object, tag?: string): Promise<RawDescriptor> => {
    const described = describe(typeOf(body), JSON.stringify(body));
    const path = `manifests/${tag ?? described.digest}`;
    const headers = { 'content-type': described.mediaType };
    await send(repository, path, { method: 'PUT', headers, body: JSON.stringify(body) });
    return described;
  };
  const image: RawImages['image'] = async ({ revision, platform = 'linux/amd64', tag }) => {
    const [os, architecture] = platform.split('/');
    const config = JSON.stringify({ os, architecture, rootfs: { type: 'layers', diff_ids: [] } });
    const type = 'application/vnd.oci.image.config.v1+json';
    const annotations = revision === undefined ? {} : { [REVISION]: revision };
    const body = { schemaVersion: 2, mediaType: MANIFEST, config: await blob(type, config) };
    return manifest({ ...body, layers: [], annotations }, tag);
  };
  const index: RawImages['index'] = async (tag, revision, manifests) =>
    manifest(
      { schemaVersion: 2, mediaType: INDEX, manifests, annotations: { [REVISION]: revision } },
      tag,
    );
  return {
    image,
    index,
    async devBuild(revision) {
      const platforms = ['linux/amd64', 'linux/arm64'].map(async (platform) => {
        const [os, architecture] = platform.split('/');
        return { ...(await image({ revision, platform })), platform: { os, architecture } };
      });
      return index(revision, revision, await Promise.all(platforms));
    },
    async attach(subject, { suffix = '.sig', content = subject.digest, isReferrer = false } = {}) {
      const config = await blob('application/vnd.oci.image.config.v1+json', '{}');
      const layers = [await blob('application/vnd.dev.cosign.simplesigning.v1+json', content)];
      const body = { schemaVersion: 2, mediaType: MANIFEST, config, layers };
      return isReferrer
        ? manifest({ ...body, subject })
        : manifest(body, `${subject.digest.replace(':', '-')}${suffix}`);
    },
  };
}

async function pushBlob(
  repository: Pick<OciRepository, 'fetch'>,
  mediaType: string,
  content: string,
): Promise<RawDescriptor> {
  const described = describe(mediaType, content);
  const begun = await send(repository, 'blobs/uploads/', { method: 'POST' });
  const location = begun.headers.get('location') ?? '';
  const path = location.slice(location.indexOf('blobs/'));
  const upload = `${path}${path.includes('?') ? '&' : '?'}digest=${described.digest}`;
  const headers = { 'content-type': 'application/octet-stream' };
  await send(repository, upload, { method: 'PUT', headers, body: content });
  return described;
}

async function send(
  repository: Pick<OciRepository, 'fetch'>,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const response = await repository.fetch(path, init);
  if (!response.ok) throw new Error(`${init.method} ${path}: ${response.status}`);
  return response;
}

function describe(mediaType: string, content: string): RawDescriptor {
  const bytes = Buffer.from(content);
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { mediaType, digest, size: bytes.length };
}

function typeOf(body: object): string {
  return 'manifests' in body ? INDEX : MANIFEST;
}
