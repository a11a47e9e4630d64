import {
  type OciRepository,
  ociRepository,
  type Recorded,
  type RecordingProxyOptions,
  type RunningOciRegistry,
  recorded,
} from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import type { GhcrOptions } from '../src/index.ts';

/** A registry behind a recording proxy; its repository is read past the proxy. */
export interface World extends Recorded<RunningOciRegistry>, OciRepository {
  /** `127.0.0.1:PORT/REPOSITORY`, through the proxy. */
  readonly image: string;
  /**
   * A publisher's options for this registry, with the right token, and no waiting between attempts.
   */
  options(more?: Partial<GhcrOptions>): GhcrOptions;
}

/** Puts a registry behind a proxy. Disposing of the world stops both. */
export async function worldOf(
  running: RunningOciRegistry,
  proxying: RecordingProxyOptions = {},
  repository = 'ameideio/sdk',
): Promise<World> {
  const world = await recorded(running, proxying);
  const { proxy, registry } = world;
  const image = `${new URL(proxy.url).host}/${repository}`;
  const sleep = (): Promise<void> => Promise.resolve();
  return {
    ...world,
    ...ociRepository(registry, repository),
    image,
    options: (more = {}) => ({
      image,
      files: 'sdk',
      platform: 'linux/amd64',
      user: registry.user,
      token: registry.password,
      ...more,
      ports: { env: process.env, http: createHttp({ sleep }), sleep, ...more.ports },
    }),
  };
}
