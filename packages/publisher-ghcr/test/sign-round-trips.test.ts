import { holdAnswers, type RunningOciRegistry, startOciRegistry } from '@ameide/local-registries';
import { expectRoundTrips, type MostRoundTrips } from '@ameide/local-registries/round-trips';
import { expect, test } from 'vitest';
import { step } from './release.ts';
import { outcomes, signingWorld } from './signing-world.ts';

// Upper bounds of what signing adds to a release. README.md says what each request is for.

const BOUNDS: readonly (readonly [string, () => Promise<RunningOciRegistry>, MostRoundTrips])[] = [
  ['with referrers', async () => startOciRegistry(), [16, 7]],
  [
    'without referrers, where a tag names them',
    async () => startOciRegistry({ referrers: false }),
    [19, 10],
  ],
];

test.each(BOUNDS)('signing at a registry %s asks no more than it has to', async (...given) => {
  const [, registry, most] = given;
  const world = await signingWorld(registry(), { proxying: holdAnswers(100) });
  const { built, plan, proxy, publisher } = world;
  // What the read-back has shown: its proofs are looked for while the tag is read again.
  const seen = await publisher.inspect({ plan, built }, await step());
  proxy.clear();
  // One run: what it has seen proven it does not read again.
  const run = await step();
  expect(outcomes((await publisher.sign?.(plan, run, built, seen)) ?? [])).toEqual([
    'signature: signed',
    'provenance: signed',
  ]);
  expectRoundTrips('sign', proxy.requests, most);
  proxy.clear();
  expect(await publisher.promote?.(plan, run)).toMatchObject([{ outcome: 'moved' }]);
  const byDigest = proxy.requests.filter(({ path }) => /sha256[:-]/.test(path));
  expect(byDigest).toEqual([]);
});
