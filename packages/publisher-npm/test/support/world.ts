import { randomUUID } from 'node:crypto';
import {
  type Fault,
  type FaultSubject,
  type NpmRegistryOptions,
  type Recorded,
  type RunningNpmRegistry,
  recorded,
  startNpmRegistry,
} from '@ameide/local-registries';
import { onTestFinished } from 'vitest';

export interface RegistryWorld extends Recorded<RunningNpmRegistry> {
  /** Set to spoil answers; undefined passes everything on. */
  fault: ((request: FaultSubject) => Fault | undefined | Promise<Fault | undefined>) | undefined;
  /** What `mutating()` holds, as `PUT /path`. */
  writes(): readonly string[];
}

/** A registry behind a recording proxy. The caller stops both. */
async function startWorld(options: NpmRegistryOptions): Promise<RegistryWorld> {
  const registry = startNpmRegistry({ token: `npm_planted_${randomUUID()}`, ...options });
  const world: RegistryWorld = {
    ...(await recorded(registry, { fault: (request) => world.fault?.(request) })),
    fault: undefined,
    writes: () => world.proxy.mutating().map(({ method, path }) => `${method} ${path}`),
  };
  return world;
}

/** A world of the running test's own. */
export async function testWorld(options: NpmRegistryOptions = {}): Promise<RegistryWorld> {
  const world = await startWorld(options);
  onTestFinished(async () => world[Symbol.asyncDispose]());
  return world;
}
