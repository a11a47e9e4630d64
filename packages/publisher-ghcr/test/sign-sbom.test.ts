import { appendFileSync } from 'node:fs';
import { startOciRegistry } from '@ameide/local-registries';
import { describe, expect, test } from 'vitest';
import type { GhcrBuilt } from '../src/plan.ts';
import { step } from './release.ts';
import { outcomes, type SigningWorld, signingWorld, states } from './signing-world.ts';

const SPDX = spdx('2025-11-13T15:32:11Z');
const SIGNED = ['signature: signed', 'provenance: signed', 'sbom: signed'];
const ALREADY = ['signature: already-signed', 'provenance: already-signed', 'sbom: already-signed'];
const PROVEN = ['signature: proven', 'provenance: proven', 'sbom: proven'];

/** Most tools put the time into an SBOM. `packages` makes it large. */
function spdx(created: string, packages = 1): string {
  const one = { SPDXID: 'SPDXRef-Package', name: 'semver', versionInfo: '7.7.3' };
  return JSON.stringify({
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    creationInfo: { created, creators: ['Tool: npm'] },
    packages: Array.from({ length: packages }, (_, at) => ({
      ...one,
      SPDXID: `${one.SPDXID}-${at}`,
    })),
  });
}

/** Larger than what the log takes. */
const LARGE = { sbom: spdx('2025-11-13T15:32:11Z', 30_000), maxLogRequest: 1024 * 1024 };

async function needsBuild({ plan, publisher }: SigningWorld): Promise<boolean | undefined> {
  return publisher.needsBuildToSign?.(plan, await step());
}

const REGISTRIES = {
  'a registry with referrers': async () => startOciRegistry(),
  'a registry without referrers': async () => startOciRegistry({ referrers: false }),
};

describe.each(Object.entries(REGISTRIES))('an SBOM, at %s', (_name, registry) => {
  test('is attached once: a second one for the same image is not', async () => {
    const world = await signingWorld(registry(), { sbom: SPDX });
    expect(states(await world.proofs())).toContain('sbom: missing');
    expect(await needsBuild(world)).toBe(true);
    expect(outcomes(await world.sign())).toEqual(SIGNED);
    expect(states(await world.proofs())).toEqual(PROVEN);

    world.proxy.clear();
    const entries = world.sigstore.entries().length;
    const later = await world.rebuild(spdx('2026-01-01T00:00:00Z'));
    expect(outcomes(await world.sign(later))).toEqual(ALREADY);
    expect(outcomes(await world.sign(null))).toEqual(ALREADY);
    expect(await needsBuild(world)).toBe(false);
    expect(await world.check()).toEqual([]);
    expect(world.proxy.mutating()).toEqual([]);
    expect(world.sigstore.entries()).toHaveLength(entries);
  });

  test('is missing where this run built none; the next run adds the SBOM alone', async () => {
    const world = await signingWorld(registry(), { sbom: SPDX });
    const signed = await world.sign(null);
    expect(outcomes(signed)).toEqual([
      'signature: signed',
      'provenance: signed',
      'sbom: ghcr-sbom-missing',
    ]);
    // The signature is attached.
    expect(signed[2]?.problem?.effect).toBe('committed');
    expect((await world.sign(null))[2]?.problem?.effect).toBe('none');
    const moves = (await world.publisher.promote?.(world.plan, await step())) ?? [];
    expect(moves.map(({ problem }) => problem?.code)).toEqual(['ghcr-image-not-proven']);
    expect(outcomes(await world.sign())).toEqual([...ALREADY.slice(0, 2), 'sbom: signed']);
    expect(states(await world.proofs())).toEqual(PROVEN);
  });
});

test('an SBOM that was changed after the build is not signed', async () => {
  const world = await signingWorld(startOciRegistry(), { sbom: SPDX });
  appendFileSync((world.built as GhcrBuilt).sbom?.path ?? '', ' ');
  expect(outcomes(await world.sign())).toContain('sbom: ghcr-image-changed');
  expect(states(await world.proofs())).toContain('sbom: missing');
});

test('an SBOM of a later build is attached, and a note says so', async () => {
  const world = await signingWorld(startOciRegistry(), { sbom: SPDX });
  const built = world.built as GhcrBuilt;
  const digest = `sha256:${'0'.repeat(64)}`;
  const later = { ...built, manifest: { ...built.manifest, digest } };
  const own = await step();
  const signed = (await world.publisher.sign?.(world.plan, own, later)) ?? [];
  expect(outcomes(signed)).toEqual(SIGNED);
  const notes = own.events.filter(({ isNote }) => isNote);
  expect(notes.map(({ message }) => message)).toEqual([
    expect.stringMatching(/earlier build of the commit, and gets the SBOM of a later one/),
  ]);
});

test('an SBOM that is too large for the transparency log: the problem says so', async () => {
  const world = await signingWorld(startOciRegistry(), LARGE);
  const signed = await world.sign();
  expect(outcomes(signed)).toEqual([...SIGNED.slice(0, 2), 'sbom: sigstore-log-failed']);
  expect(signed[2]?.problem?.hint).toMatch(/^The SBOM has 2\.\d MiB.*rekorVersion.*log: false/);
});

test('a log of version 2 takes a large SBOM, of which it is sent a digest', async () => {
  const world = await signingWorld(startOciRegistry(), { ...LARGE, rekorVersion: 2 });
  expect(outcomes(await world.sign())).toEqual(SIGNED);
  expect(states(await world.proofs())).toEqual(PROVEN);
});
