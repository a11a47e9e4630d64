import {
  ociRepository,
  type Recorded,
  type RecordingProxyOptions,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  readPackage,
  recorded,
  startNpmRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { createHttp } from '@ameide/publisher-kit';
import { npm } from '@ameide/publisher-npm';
import type { Carrier } from '@ameide/versioning-core';

/** A carrier's registry behind a recording proxy. */
export interface CarrierWorld<R extends RunningNpmRegistry | RunningOciRegistry>
  extends Recorded<R> {
  /** As users write it; without a token, the registry's own. */
  carrier(token?: string): Carrier;
  /** Everything that is published, by names and digests, and what the pointers name. */
  snapshot(): Promise<unknown>;
}

export const PACKAGE = '@ameideio/configuration';

const sleep = async (): Promise<void> => undefined;
const ports = { http: createHttp({ sleep }), sleep };

export async function npmWorld(
  proxying: RecordingProxyOptions = {},
): Promise<CarrierWorld<RunningNpmRegistry>> {
  const world = await recorded(startNpmRegistry(), proxying);
  const { registry, proxy } = world;
  return {
    ...world,
    carrier: (token = registry.token) => npm.bundle(PACKAGE, { registry: proxy.url, token, ports }),
    snapshot: async () => readPackage(registry.url, PACKAGE),
  };
}

export async function ociWorld(
  proxying: RecordingProxyOptions = {},
): Promise<CarrierWorld<RunningOciRegistry> & { readonly image: string }> {
  const world = await recorded(startOciRegistry({ auth: 'basic' }), proxying);
  const { registry, proxy } = world;
  const name = 'ameideio/configuration';
  const image = `${new URL(proxy.url).host}/${name}`;
  return {
    ...world,
    image,
    carrier: (token = registry.password) =>
      ghcr.bundle(image, {
        user: registry.user,
        token,
        path: '/etc/ameide',
        ports: { ...ports, env: process.env },
      }),
    snapshot: async () => ociRepository(registry, name).tags(),
  };
}
