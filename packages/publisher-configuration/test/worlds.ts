import {
  type RunningNpmRegistry,
  type RunningOciRegistry,
  type RunningRecordingProxy,
  startNpmRegistry,
  startOciRegistry,
  startRecordingProxy,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { createHttp } from '@ameide/publisher-kit';
import { npm } from '@ameide/publisher-npm';
import type { Carrier } from '@ameide/versioning-core';

/** A carrier's registry behind a recording proxy. */
export interface CarrierWorld<R extends RunningNpmRegistry | RunningOciRegistry>
  extends AsyncDisposable {
  readonly registry: R;
  readonly proxy: RunningRecordingProxy;
  /** As users write it; without a token, the registry's own. */
  carrier(token?: string): Carrier;
  /** Everything that is published, by names and digests, and what the pointers name. */
  snapshot(): Promise<unknown>;
}

export const PACKAGE = '@ameideio/configuration';

const ports = {
  http: createHttp({ sleep: async () => undefined }),
  sleep: async (): Promise<void> => undefined,
};

export async function npmWorld(): Promise<CarrierWorld<RunningNpmRegistry>> {
  const registry = await startNpmRegistry();
  const proxy = await startRecordingProxy(registry.url);
  return {
    registry,
    proxy,
    carrier: (token = registry.token) => npm.bundle(PACKAGE, { registry: proxy.url, token, ports }),
    async snapshot() {
      const response = await fetch(`${registry.url}/${PACKAGE.replace('/', '%2f')}`);
      if (response.status === 404) return undefined;
      const { versions, 'dist-tags': tags } = (await response.json()) as {
        readonly versions: Readonly<
          Record<
            string,
            { readonly gitHead?: string; readonly dist: { readonly integrity: string } }
          >
        >;
        readonly 'dist-tags': object;
      };
      return {
        tags,
        versions: Object.entries(versions).map(([version, { gitHead, dist }]) => [
          version,
          gitHead,
          dist.integrity,
        ]),
      };
    },
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await registry.stop();
    },
  };
}

export async function ociWorld(): Promise<
  CarrierWorld<RunningOciRegistry> & { readonly image: string }
> {
  const registry = await startOciRegistry({ auth: 'basic' });
  const proxy = await startRecordingProxy(registry.url);
  const name = 'ameideio/configuration';
  const image = `${new URL(proxy.url).host}/${name}`;
  const authorization = `Basic ${Buffer.from(`${registry.user}:${registry.password}`).toString('base64')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const read = async (path: string): Promise<Response> =>
    fetch(`${registry.url}/v2/${name}/${path}`, { headers: { authorization, accept } });
  return {
    registry,
    proxy,
    image,
    carrier: (token = registry.password) =>
      ghcr.bundle(image, {
        user: registry.user,
        token,
        path: '/etc/ameide',
        ports: { ...ports, env: process.env },
      }),
    async snapshot() {
      const list = await read('tags/list');
      if (list.status === 404) return undefined;
      const { tags } = (await list.json()) as { readonly tags: readonly string[] };
      return Promise.all(
        tags
          .toSorted()
          .map(
            async (tag) =>
              [tag, (await read(`manifests/${tag}`)).headers.get('docker-content-digest')] as const,
          ),
      );
    },
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await registry.stop();
    },
  };
}
