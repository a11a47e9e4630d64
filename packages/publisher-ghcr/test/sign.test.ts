import { generateKeyPairSync } from 'node:crypto';
import { startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { SHA } from './release.ts';
import { outcomes, signingWorld, states } from './signing-world.ts';

const SIGNER =
  'https://github.com/ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main';

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'a registry without referrers': async () => startOciRegistry({ referrers: false }),
};

describe.each(Object.entries(REGISTRIES))(
  'an image is signed keyless, at %s',
  (_name, registry) => {
    test('once, and a second run signs and writes nothing', async () => {
      const world = await signingWorld(registry());
      expect(await world.check()).toEqual([]);
      expect(states(await world.proofs())).toEqual(['signature: missing', 'provenance: missing']);
      const signed = await world.sign();
      expect(outcomes(signed)).toEqual(['signature: signed', 'provenance: signed']);
      expect(signed).toMatchObject([
        { digest: world.digest, signer: SIGNER, coordinate: { version: SHA } },
        { digest: world.digest, signer: SIGNER, sha: SHA },
      ]);
      expect(states(await world.proofs())).toEqual(['signature: proven', 'provenance: proven']);

      const [entries, tokens] = [world.sigstore.entries().length, world.issuer.requests.length];
      world.proxy.clear();
      expect(outcomes(await world.sign())).toEqual([
        'signature: already-signed',
        'provenance: already-signed',
      ]);
      expect(await world.check()).toEqual([]);
      expect(world.proxy.mutating()).toEqual([]);
      expect(world.sigstore.entries()).toHaveLength(entries);
      expect(world.issuer.requests).toHaveLength(tokens);
    });
  },
);

needs('docker-registry')('at docker-registry', () => {
  test('an image is signed keyless', async () => {
    const world = await signingWorld(startDockerRegistry());
    expect(outcomes(await world.sign())).toEqual(['signature: signed', 'provenance: signed']);
    expect(states(await world.proofs())).toEqual(['signature: proven', 'provenance: proven']);
  });
});

describe('before anything is published, check says', () => {
  test('that the job has no identity', async () => {
    const world = await signingWorld(startOciRegistry(), { hasIdentity: false });
    expect(await world.check()).toMatchObject([
      { code: 'sigstore-no-identity', kind: 'authentication', effect: 'none' },
    ]);
    expect(outcomes(await world.sign())).toEqual([
      'signature: sigstore-no-identity',
      'provenance: sigstore-no-identity',
    ]);
    expect(world.proxy.mutating()).toEqual([]);
  });

  test.each([
    ['of another repository', { repository: 'somebody/else' }],
    [
      'of another workflow',
      { job_workflow_ref: 'ameideio/ameide/.github/workflows/other.yml@refs/heads/main' },
    ],
  ])('that the job is %s, and nothing is attached', async (_what, claims) => {
    const world = await signingWorld(startOciRegistry(), { claims });
    expect(await world.check()).toMatchObject([
      { code: 'sigstore-other-identity', kind: 'policy' },
    ]);
    expect(outcomes(await world.sign())).toEqual([
      'signature: ghcr-signature-not-accepted',
      'provenance: ghcr-signature-not-accepted',
    ]);
    expect(world.proxy.mutating()).toEqual([]);
    expect(states(await world.proofs())).toEqual(['signature: missing', 'provenance: missing']);
  });

  test('that the token endpoint fails, and nothing is attached', async () => {
    const world = await signingWorld(startOciRegistry());
    world.issuer.misbehave({ kind: 'garbage' });
    const [found] = await world.check();
    expect(found).toMatchObject({ kind: 'authentication', effect: 'none' });
    expect(outcomes(await world.sign())).toEqual([
      `signature: ${found?.code}`,
      `provenance: ${found?.code}`,
    ]);
    expect(world.proxy.mutating()).toEqual([]);
  });
});

test('by another key than the definition’s publicKey: the hint says that publicKey may be wrong', async () => {
  const world = await signingWorld(startOciRegistry());
  await world.sign();
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const proofs = await world.proofs({ key: '/unused', publicKey, log: false });
  expect(states(proofs)).toEqual([
    'signature: wrong ghcr-wrong-signature',
    'provenance: wrong ghcr-wrong-provenance',
  ]);
  expect(proofs[0]?.problem?.hint).toMatch(/^Check that sign\.publicKey in the release definition/);
});
