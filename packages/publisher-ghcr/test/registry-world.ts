import {
  type RecordingProxyOptions,
  type RunningOciRegistry,
  type RunningRecordingProxy,
  startRecordingProxy,
} from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import type { GhcrOptions } from '../src/index.ts';

const ACCEPT =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';

/** A registry behind a recording proxy. */
export interface World extends AsyncDisposable {
  readonly registry: RunningOciRegistry;
  readonly proxy: RunningRecordingProxy;
  /** `127.0.0.1:PORT/ameideio/sdk`, through the proxy. */
  readonly image: string;
  /**
   * A publisher's options for this registry, with the right token, and no waiting between attempts.
   */
  options(more?: Partial<GhcrOptions>): GhcrOptions;
  /** Every tag and the digest it names, read past the proxy. */
  tags(): Promise<Readonly<Record<string, string>>>;
  /** The registry itself, with the right to everything. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

/** Puts a registry behind a proxy. `close` stops both. */
export async function worldOf(
  registry: RunningOciRegistry,
  proxying: RecordingProxyOptions = {},
): Promise<World> {
  const proxy = await startRecordingProxy(registry.url, proxying);
  const image = `${new URL(proxy.url).host}/ameideio/sdk`;
  const sleep = (): Promise<void> => Promise.resolve();
  const authorization = `Basic ${Buffer.from(`${registry.user}:${registry.password}`).toString('base64')}`;
  const fetchThere = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers({
      accept: ACCEPT,
      ...(init.headers as Record<string, string> | undefined),
    });
    headers.set('authorization', authorization);
    const first = await fetch(`${registry.url}/v2/ameideio/sdk/${path}`, { ...init, headers });
    const realm = /realm="([^"]+\/token)",service="([^"]+)"/.exec(
      first.headers.get('www-authenticate') ?? '',
    );
    if (first.status !== 401 || realm?.[1] === undefined) return first;
    const scope = 'repository:ameideio/sdk:pull,push';
    const answer = await fetch(`${realm[1]}?service=${realm[2] ?? ''}&scope=${scope}`, {
      headers: { authorization },
    });
    headers.set('authorization', `Bearer ${((await answer.json()) as { token: string }).token}`);
    return fetch(`${registry.url}/v2/ameideio/sdk/${path}`, { ...init, headers });
  };
  return {
    registry,
    proxy,
    image,
    options: (more = {}) => ({
      image,
      files: 'sdk',
      user: registry.user,
      token: registry.password,
      ...more,
      ports: { env: process.env, http: createHttp({ sleep }), sleep, ...more.ports },
    }),
    async tags() {
      const list = await fetchThere('tags/list');
      if (list.status === 404) return {};
      const { tags } = (await list.json()) as { tags: readonly string[] | null };
      const digests = (tags ?? [])
        .toSorted()
        .map(async (tag) => [
          tag,
          (await fetchThere(`manifests/${tag}`)).headers.get('docker-content-digest') ?? '',
        ]);
      return Object.fromEntries((await Promise.all(digests)) as [string, string][]) as Readonly<
        Record<string, string>
      >;
    },
    fetch: fetchThere,
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await registry.stop();
    },
  };
}
