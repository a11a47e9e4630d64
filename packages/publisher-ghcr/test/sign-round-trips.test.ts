import {
  countByKind,
  holdAnswers,
  type RunningOciRegistry,
  serialRoundTrips,
  startOciRegistry,
} from '@ameide/local-registries';
import { expect, test } from 'vitest';
import { step } from './release.ts';
import { outcomes, signingWorld } from './signing-world.ts';

// Upper bounds of what signing adds to a release. README.md says what each request is for.

interface Bounds {
  readonly requests: number;
  readonly serial: number;
}

const BOUNDS: readonly (readonly [string, () => Promise<RunningOciRegistry>, Bounds])[] = [
  ['with referrers', async () => startOciRegistry(), { requests: 16, serial: 9 }],
  [
    'without referrers, where a tag names them',
    async () => startOciRegistry({ referrers: false }),
    { requests: 19, serial: 12 },
  ],
];

test.each(BOUNDS)('signing at a registry %s asks no more than it has to', async (...given) => {
  const [, registry, { requests, serial }] = given;
  const world = await signingWorld(registry(), { proxying: holdAnswers(100) });
  const { built, plan, proxy, publisher } = world;
  // One run: what it has seen proven it does not read again.
  const run = await step();
  expect(outcomes((await publisher.sign?.(plan, run, built)) ?? [])).toEqual([
    'signature: signed',
    'provenance: signed',
  ]);
  const asked = JSON.stringify(countByKind(proxy.requests), undefined, 1);
  expect(proxy.requests.length, asked).toBeLessThanOrEqual(requests);
  expect(serialRoundTrips(proxy.requests), asked).toBeLessThanOrEqual(serial);
  proxy.clear();
  expect(await publisher.promote?.(plan, run)).toMatchObject([{ outcome: 'moved' }]);
  const byDigest = proxy.requests.filter(({ path }) => /sha256[:-]/.test(path));
  expect(byDigest).toEqual([]);
});
