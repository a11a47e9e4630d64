import {
  ociRepository,
  type Recorded,
  type RecordingProxyOptions,
  type RunningNpmRegistry,
  type RunningOciRegistry,
  type RunningPythonIndex,
  readPackage,
  recorded,
  startNpmRegistry,
  startOciRegistry,
  startPythonIndex,
} from '@ameide/local-registries';
import { ghcr } from '@ameide/publisher-ghcr';
import { createHttp } from '@ameide/publisher-kit';
import { npm } from '@ameide/publisher-npm';
import { pypi } from '@ameide/publisher-pypi';
import type { Carrier } from '@ameide/versioning-core';

export type CarrierRegistry = RunningNpmRegistry | RunningOciRegistry | RunningPythonIndex;

/** A carrier's registry behind a recording proxy. */
export interface CarrierWorld<R extends CarrierRegistry> extends Recorded<R> {
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
        // Fewer requests than an index of every platform.
        platform: ['linux/amd64', 'linux/arm64'],
        ports: { ...ports, env: process.env },
      }),
    snapshot: async () => ociRepository(registry, name).tags(),
  };
}

export const PROJECT = 'ameide-configuration';

const SIMPLE = { headers: { accept: 'application/vnd.pypi.simple.v1+json' } };

export async function pypiWorld(
  proxying: RecordingProxyOptions = {},
): Promise<CarrierWorld<RunningPythonIndex>> {
  const world = await recorded(startPythonIndex(), proxying);
  const { registry, proxy } = world;
  const address = { uploadUrl: `${proxy.url}/legacy/`, simpleUrl: `${proxy.url}/simple/` };
  return {
    ...world,
    carrier: (token = registry.token) => pypi.bundle(PROJECT, { ...address, token, ports }),
    async snapshot() {
      const response = await fetch(`${registry.simpleUrl}${PROJECT}/`, SIMPLE);
      return response.status === 404 ? [] : response.json();
    },
  };
}
