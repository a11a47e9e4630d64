import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Fault, ociRepository } from '@ameide/local-registries';
import type { FaultKind } from './faults.ts';
import type { Asked, World } from './world.ts';

/**
 * After the step, the registry answers the next `reads` reads as it would have before: a replica
 * that lags, or a cache. This holds only for what was read before: nothing else has been cached.
 */
export function hiding(reads: number): FaultKind['rule'] {
  return (step, { world }) => {
    let earlier: ReadonlyMap<string, Fault> | undefined;
    let left = reads;
    const asked = new Map<string, Asked>();
    return {
      async fault(now) {
        if (now.registry !== step.registry) return undefined;
        const isStep = now.label === step.label && now.nth === step.nth;
        if (earlier === undefined && isStep) earlier = await answersTo(world, [...asked.values()]);
        if (now.mutating || !/^(?:GET|HEAD)$/.test(now.method)) return undefined;
        if (earlier === undefined) asked.set(keyOf(now), now);
        const answer = left > 0 ? earlier?.get(keyOf(now)) : undefined;
        if (answer !== undefined) left -= 1;
        return answer;
      },
    };
  };
}

function keyOf({ method, path, accept }: Asked): string {
  return `${method} ${path} ${accept ?? ''}`;
}

async function answersTo(
  world: World,
  asked: readonly Asked[],
): Promise<ReadonlyMap<string, Fault>> {
  const shown = asked.filter(({ path }) => !/^\/(?:token|v2\/$)/.test(path));
  return new Map(
    await Promise.all(shown.map(async (one) => [keyOf(one), await answerTo(world, one)] as const)),
  );
}

async function answerTo(world: World, asked: Asked): Promise<Fault> {
  return asked.registry === 'oci' ? fromOci(world, asked) : fromHttp(world, asked);
}

async function fromOci({ registries }: World, { accept, method, path }: Asked): Promise<Fault> {
  const [, name = '', rest = ''] = /^\/v2\/([^/]+\/[^/]+)\/(.*)$/.exec(path) ?? [];
  const headers = accept === undefined ? {} : { accept };
  const answer = await ociRepository(registries.oci, name).fetch(rest, { method, headers });
  const kept = ['content-type', 'docker-content-digest', 'content-length'].flatMap((header) => {
    const value = answer.headers.get(header);
    return value === null ? [] : [[header, value]];
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  return { kind: 'status', status: answer.status, headers: Object.fromEntries(kept), body };
}

/** With the proxy's address as `Host`, so that its addresses lead through the proxy. */
async function fromHttp(world: World, asked: Asked): Promise<Fault> {
  const { accept, method, path } = asked;
  const registry = asked.registry === 'npm' ? 'npm' : 'python';
  const proxy = registry === 'npm' ? world.env['NPM_REGISTRY'] : world.env['PYPI_SIMPLE_URL'];
  const headers = {
    host: new URL(proxy ?? '').host,
    ...(accept === undefined ? {} : { accept }),
  };
  const outgoing = httpRequest(`${world.registries[registry].url}${path}`, { method, headers });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  outgoing.end();
  const [answer] = await answered;
  return {
    kind: 'status',
    status: answer.statusCode ?? 502,
    headers: { 'content-type': answer.headers['content-type'] ?? 'text/plain' },
    body: await buffer(answer),
  };
}
