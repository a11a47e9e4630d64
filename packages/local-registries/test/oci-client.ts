import { createHash } from 'node:crypto';
import type { RunningOciRegistry } from '../src/oci-registry/index.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const EMPTY = '{}';

export const digestOf = (content: string | Uint8Array, algorithm = 'sha256'): string =>
  `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export const descriptor = (mediaType: string, content: string): Descriptor => ({
  mediaType,
  digest: digestOf(content),
  size: Buffer.byteLength(content),
});

/** An image manifest over one config and its layers, with `more` laid over it. */
export const imageManifest = (
  layers: readonly string[],
  more: Record<string, unknown> = {},
): string =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor('application/vnd.oci.image.config.v1+json', EMPTY),
    layers: layers.map((layer) => descriptor('application/vnd.oci.image.layer.v1.tar', layer)),
    ...more,
  });

export const basicHeader = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * Requests against one registry, which is started with `auth: 'none'` unless they carry their own
 * authorization.
 */
export class OciClient {
  readonly #url: string;

  constructor(registry: Pick<RunningOciRegistry, 'url'>) {
    this.#url = registry.url;
  }

  async send(
    method: string,
    path: string,
    body?: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const content = typeof body === 'string' ? body : body && new Uint8Array(body);
    return fetch(new URL(path, this.#url), {
      method,
      headers,
      redirect: 'manual',
      ...(content === undefined ? {} : { body: content }),
    });
  }

  /** Pushes a blob by the two-step way; answers with the last response. */
  async pushBlob(
    name: string,
    content: string,
    digest: string = digestOf(content),
  ): Promise<Response> {
    const started = await this.send('POST', `/v2/${name}/blobs/uploads/`);
    return this.send('PUT', `${started.headers.get('location')}?digest=${digest}`, content);
  }

  async pushImage(
    name: string,
    reference: string,
    manifest: string,
    blobs: readonly string[] = [],
  ): Promise<Response> {
    for (const blob of [EMPTY, ...blobs]) await this.pushBlob(name, blob);
    return this.putManifest(name, reference, manifest);
  }

  async putManifest(
    name: string,
    reference: string,
    manifest: string,
    contentType: string = OCI_MANIFEST,
  ): Promise<Response> {
    return this.send('PUT', `/v2/${name}/manifests/${reference}`, manifest, {
      'content-type': contentType,
    });
  }

  async tags(name: string, query = ''): Promise<readonly string[]> {
    return (
      (await (await this.send('GET', `/v2/${name}/tags/list${query}`)).json()) as { tags: string[] }
    ).tags;
  }
}

export async function errorCode(response: Response): Promise<string | undefined> {
  return ((await response.json()) as { errors?: { code: string }[] }).errors?.[0]?.code;
}
