import { randomUUID } from 'node:crypto';
import {
  type Fault,
  type FaultSubject,
  type RunningNpmRegistry,
  type RunningRecordingProxy,
  startNpmRegistry,
  startRecordingProxy,
} from '@ameide/local-registries';
import { onTestFinished } from 'vitest';

export interface RegistryWorld {
  readonly registry: RunningNpmRegistry;
  readonly proxy: RunningRecordingProxy;
  /** Set to spoil answers; undefined passes everything on. */
  fault: ((request: FaultSubject) => Fault | undefined) | undefined;
  /** What `mutating()` holds, as `PUT /path`. */
  writes(): readonly string[];
}

/** A registry behind a recording proxy. The caller stops both. */
export async function startWorld(): Promise<RegistryWorld & AsyncDisposable> {
  const registry = await startNpmRegistry({ token: `npm_planted_${randomUUID()}` });
  const world: RegistryWorld = {
    registry,
    proxy: await startRecordingProxy(registry.url, { fault: (request) => world.fault?.(request) }),
    fault: undefined,
    writes: () => world.proxy.mutating().map(({ method, path }) => `${method} ${path}`),
  };
  return Object.assign(world, {
    async [Symbol.asyncDispose]() {
      await world.proxy.stop();
      await registry.stop();
    },
  });
}

/** A world of the running test's own. */
export async function testWorld(): Promise<RegistryWorld> {
  const world = await startWorld();
  onTestFinished(async () => world[Symbol.asyncDispose]());
  return world;
}

/**
 * What the registry holds of a package, read without any publisher: versions by gitHead and
 * integrity, and dist-tags.
 */
export async function readPackument(
  registry: string,
  name: string,
): Promise<{ readonly versions: object; readonly tags: object } | undefined> {
  const response = await fetch(`${registry}/${name.replace('/', '%2f')}`);
  if (response.status === 404) return undefined;
  const body = (await response.json()) as {
    versions: Record<string, { gitHead?: string; dist: { integrity: string } }>;
    'dist-tags': object;
  };
  const versions = Object.entries(body.versions).map(([version, { gitHead, dist }]) => [
    version,
    `${gitHead} ${dist.integrity}`,
  ]);
  return { versions: Object.fromEntries(versions), tags: body['dist-tags'] };
}
