import pacote from 'pacote';
import { describe, expect, test } from 'vitest';
import { plantedTrust } from './support/planted-trust.ts';
import {
  checked,
  expectNoSecret,
  JOB,
  type ProvingWorld,
  proven,
  provingRun,
  provingWorld,
} from './support/proving.ts';
import { SHA } from './support/release.ts';

const SIGNER =
  'https://github.com/ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main';
const ATTESTATIONS = '/-/npm/v1/attestations/@x%2fa@0.1.0';

/** Verifies a version as `npm audit signatures` does, with npm's own code. */
async function verifyAsNpm({ registry, sigstore }: ProvingWorld): Promise<object> {
  const response = await fetch(`${registry.url}/-/npm/v1/keys`);
  const { keys } = (await response.json()) as { readonly keys: readonly { key: string }[] };
  const pem = (key: string): string =>
    `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----`;
  return pacote.manifest('@x/a@0.1.0', {
    registry: `${registry.url}/`,
    cache: await plantedTrust({}),
    tufCache: await plantedTrust(sigstore.trustedRoot),
    verifyAttestations: true,
    [`//${new URL(registry.url).host}/:_keys`]: keys.map((one) => ({
      ...one,
      pemkey: pem(one.key),
    })),
  } as pacote.Options);
}

describe('a version is published with its provenance', () => {
  test('and npm’s own code verifies it, and so do we', async () => {
    const world = await provingWorld();
    const run = await provingRun(world);
    expect(await checked(run)).toEqual([]);
    expect(await proven(run)).toMatchObject([{ kind: 'provenance', state: 'missing' }]);
    const published = await run.publish();
    expect(published).toMatchObject({ outcome: 'published' });
    expect(world.writes()).toEqual(['PUT /@x%2fa']);
    expect(await verifyAsNpm(world)).toMatchObject({
      _attestations: { provenance: { predicateType: 'https://slsa.dev/provenance/v1' } },
    });
    const proofs = await proven(run);
    expect(proofs).toEqual([
      {
        coordinate: run.plan.coordinates[0],
        kind: 'provenance',
        state: 'proven',
        digest: published.digest,
        sha: SHA,
        signer: SIGNER,
      },
    ]);
    expectNoSecret(world, [published, proofs, run.events]);
  });
});
