import {
  createInterceptor,
  type Fault,
  type FaultSubject,
  type Interceptor,
  type RecordedRequest,
  type Running,
  recorded,
  startArtifactoryNpm,
  startGitea,
  startGithubPackages,
  startGitlabNpm,
  startNexusNpm,
  startNpmRegistry,
} from '@ameide/local-registries';
import type { Release } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { type Run, startRun } from './publishing.ts';

/** A registry behind a recording proxy, whatever product it is. */
export interface AnyRegistry extends AsyncDisposable {
  /** The registry's address, through the proxy. */
  readonly url: string;
  readonly token: string;
  /** Set to spoil answers; undefined passes everything on. */
  fault: ((request: FaultSubject) => Fault | undefined | Promise<Fault | undefined>) | undefined;
  readonly intercept: Interceptor['intercept'];
  readonly requests: readonly RecordedRequest[];
  mutations(): number;
  idle(): Promise<void>;
  /** The versions and dist-tags of a package, as clients read them. */
  snapshot(name: string): Promise<unknown>;
}

/** The products that the README's table of registries lists, each with a contract. Gitea is optional. */
export const REGISTRIES = {
  verdaccio: async () => {
    const registry = await startNpmRegistry();
    return anyRegistry(Object.assign(registry, { npmUrl: registry.url }));
  },
  'GitHub Packages (stand-in)': async () => anyRegistry(await startGithubPackages()),
  'GitLab (stand-in)': async () => anyRegistry(await startGitlabNpm()),
} as const;

/** The others of the table, which differ from those in few answers. */
export const OTHER_REGISTRIES = {
  'Artifactory (stand-in)': async () => anyRegistry(await startArtifactoryNpm()),
  'Nexus (stand-in)': async () => anyRegistry(await startNexusNpm()),
} as const;

export async function startGiteaNpm(): Promise<AnyRegistry> {
  return anyRegistry(await startGitea());
}

export async function anyRegistry(
  registry: Running & { readonly token: string; readonly npmUrl: string },
): Promise<AnyRegistry> {
  let fault: AnyRegistry['fault'];
  const { intercept, options } = createInterceptor();
  const world = await recorded(registry, {
    fault: async (request) => (await fault?.(request)) ?? options.fault?.(request),
  });
  const { proxy } = world;
  const npmUrl = registry.npmUrl.replace(/\/$/, '');
  return {
    url: npmUrl.replace(registry.url, proxy.url),
    token: registry.token,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
    },
    intercept,
    requests: proxy.requests,
    mutations: () => proxy.mutating().length,
    idle: () => proxy.idle(),
    async snapshot(name) {
      const response = await fetch(`${npmUrl}/${name.replace('/', '%2f')}`, {
        headers: { authorization: `Bearer ${registry.token}` },
      });
      if (!response.ok) return response.status;
      const { versions, 'dist-tags': tags } = (await response.json()) as Record<string, object>;
      return { versions, tags };
    },
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  };
}

/** A run of the package `@x/a` at a registry, which stops when the test ends. */
export async function runAt(
  registry: AnyRegistry,
  release: Release,
  npmOptions: object = {},
): Promise<Run> {
  const world = { proxy: { url: registry.url }, registry: { token: registry.token } };
  return startRun(world as never, release, { npm: npmOptions });
}

export async function started(starting: Promise<AnyRegistry>): Promise<AnyRegistry> {
  const registry = await starting;
  onTestFinished(async () => registry[Symbol.asyncDispose]());
  return registry;
}
