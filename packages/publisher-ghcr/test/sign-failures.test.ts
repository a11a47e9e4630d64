import { type Fault, type FaultSubject, startOciRegistry } from '@ameide/local-registries';
import { SLSA_PROVENANCE } from '@ameide/publisher-kit/sigstore';
import { describe, expect, test } from 'vitest';
import { step } from './release.ts';
import { outcomes, type SigningWorld, signingWorld, states } from './signing-world.ts';

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'a registry without referrers': async () => startOciRegistry({ referrers: false }),
};

const FAULTS: Readonly<Record<string, Fault>> = {
  'a lost connection': { kind: 'reset' },
  'a lost answer': { kind: 'reset', forward: true },
  '503, once it is stored': { kind: 'status', status: 503, forward: true },
};

const PROVEN = ['signature: proven', 'provenance: proven'];

/** How many bundles of each kind the registry lists with the image. */
async function listed(world: SigningWorld): Promise<Readonly<Record<string, number>>> {
  const answer = await world.fetch(`referrers/${world.digest}`);
  const other = `manifests/${world.digest.replace(':', '-')}`;
  const { manifests } = (await (answer.ok ? answer : await world.fetch(other)).json()) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const counts = { signature: 0, provenance: 0 };
  for (const { digest } of manifests) {
    const manifest = (await (await world.fetch(`manifests/${digest}`)).json()) as {
      readonly annotations: Readonly<Record<string, string>>;
    };
    const type = manifest.annotations['dev.sigstore.bundle.predicateType'];
    counts[type === SLSA_PROVENANCE ? 'provenance' : 'signature'] += 1;
  }
  return counts;
}

/** A world whose proxy spoils the nth writing request, while it is told to. */
async function spoiling(registry: () => ReturnType<typeof startOciRegistry>) {
  let spoil: ((subject: FaultSubject) => Fault | undefined) | undefined;
  const world = await signingWorld(registry(), {
    proxying: { fault: (subject) => spoil?.(subject) },
  });
  return {
    world,
    spoil: (fault?: (subject: FaultSubject) => Fault | undefined): void => {
      spoil = fault;
    },
  };
}

describe.each(Object.entries(REGISTRIES))('signing at %s', (_name, registry) => {
  test.each(Object.entries(FAULTS))(
    'survives %s at any write, and ends with one signature',
    async (_what, fault) => {
      for (let nth = 1, was = true; was; nth += 1) {
        was = false;
        const { spoil, world } = await spoiling(registry);
        spoil(({ mutating, step: count }) => {
          if (!mutating || count < nth) return undefined;
          was = true;
          return fault;
        });
        const first = await world.sign();
        for (const { outcome, problem } of first)
          expect(outcome === 'blocked', problem?.message).toBe(problem !== undefined);
        spoil();
        expect(outcomes(await world.sign()).join()).not.toContain('ghcr-');
        expect(states(await world.proofs())).toEqual(PROVEN);
        expect(await listed(world)).toEqual({ signature: 1, provenance: 1 });
      }
    },
    60_000,
  );

  test('is completed by the next run when it is killed between the push and the signature', async () => {
    const { spoil, world } = await spoiling(registry);
    const controller = new AbortController();
    spoil(({ mutating }) => {
      if (!mutating) return undefined;
      controller.abort(new Error('killed'));
      return { kind: 'reset' };
    });
    const stopped = { ...(await step()), signal: controller.signal };
    await expect(world.publisher.sign?.(world.plan, stopped)).rejects.toThrow('killed');
    spoil();
    expect(await listed(world).catch(() => 'nothing')).toEqual(
      expect.toBeOneOf(['nothing', { signature: 0, provenance: 0 }]),
    );
    expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
    expect(await listed(world)).toEqual({ signature: 1, provenance: 1 });
  });
});

test('what cannot be read is unknown, and nothing is signed', async () => {
  const { spoil, world } = await spoiling(async () => startOciRegistry());
  spoil(({ mutating, path }) =>
    !mutating && path.includes('/referrers/') ? { kind: 'status', status: 500 } : undefined,
  );
  expect((await world.proofs()).map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  expect((await world.sign()).map(({ outcome }) => outcome)).toEqual(['blocked', 'blocked']);
  expect(world.sigstore.entries()).toEqual([]);
  expect(await world.check()).not.toEqual([]);
});

test('an image that is not there is not signed', async () => {
  const world = await signingWorld(startOciRegistry());
  const plan = { ...world.plan, sha: 'f'.repeat(40) };
  const signed = (await world.publisher.sign?.(plan, await step())) ?? [];
  expect(outcomes(signed)).toEqual([
    'signature: ghcr-nothing-to-attach-to',
    'provenance: ghcr-nothing-to-attach-to',
  ]);
  expect(world.sigstore.entries()).toEqual([]);
});
