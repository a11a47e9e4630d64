import { needs } from '@ameide/local-registries/components';
import { afterAll, expect, test } from 'vitest';
import {
  attesting,
  attestingWorld,
  checked,
  expectNoSecret,
  proofs,
  publish,
  servedFiles,
  verifyAsPypi,
} from './attesting.ts';
import { commit, PROJECT, removeScratch } from './world.ts';

const SIGNER =
  'https://github.com/ameideio/ameide/.github/workflows/publish-packages.yml@refs/heads/main';

needs('git')('attestations', () => {
  afterAll(removeScratch);

  test('are uploaded with each file, and verified as they are served', async () => {
    const world = await attestingWorld();
    const opened = await attesting(world, commit(PROJECT));
    expect(await checked(opened)).toEqual([]);
    expect(await proofs(opened)).toMatchObject([{ kind: 'provenance', state: 'missing' }]);
    const published = await publish(opened);
    expect(published).toMatchObject({ outcome: 'published' });
    const found = await proofs(opened);
    expect(found).toEqual([
      {
        coordinate: opened.plan.coordinates[0],
        kind: 'provenance',
        state: 'proven',
        digest: published.digest,
        sha: opened.sha,
        signer: SIGNER,
        // The job runs for another commit than the one that it publishes.
        runSha: world.issuer.job['GITHUB_SHA'],
      },
    ]);
    // PEP 740 has no place for one.
    expect(world.sigstore.timestamps()).toBe(0);
    expectNoSecret(world, [published, found, opened.messages]);
  });

  test('are not made again by a second run', async () => {
    const world = await attestingWorld();
    const root = commit(PROJECT);
    await publish(await attesting(world, root));
    const [entries, asked] = [world.sigstore.entries().length, world.issuer.requests.length];
    world.proxy.clear();
    expect(await publish(await attesting(world, root))).toMatchObject({ outcome: 'already-there' });
    expect(world.proxy.mutating()).toEqual([]);
    expect(world.sigstore.entries()).toHaveLength(entries);
    expect(world.issuer.requests).toHaveLength(asked);
  });

  test('are made for the file alone that a stopped run has not uploaded', async () => {
    const world = await attestingWorld();
    const root = commit(PROJECT);
    world.fault = ({ count, mutating, path }) =>
      mutating && path === '/legacy/' && count > 1 ? { kind: 'status', status: 400 } : undefined;
    const { sha } = await attesting(world, root);
    const openFor = async (commitOfRun: string) => {
      const ports = { ...world.options.ports, env: world.issuer.startJob({ sha: commitOfRun }) };
      return attesting(world, root, { ports });
    };
    expect(await publish(await openFor(sha))).toMatchObject({ outcome: 'incomplete' });
    world.fault = undefined;
    const logged = world.sigstore.entries().length;
    const runSha = 'd'.repeat(40);
    const opened = await openFor(runSha);
    expect(await checked(opened)).toEqual([]);
    expect(await publish(opened)).toMatchObject({ outcome: 'published' });
    expect(world.sigstore.entries()).toHaveLength(logged + 1);
    // Whichever file the run for another commit signed.
    expect(await proofs(opened)).toMatchObject([{ state: 'proven', runSha }]);
  });

  test('are there after an upload whose answer was lost', async () => {
    const world = await attestingWorld();
    const opened = await attesting(world, commit(PROJECT));
    world.fault = ({ mutating, path }) =>
      mutating && path === '/legacy/' ? { kind: 'reset', forward: true } : undefined;
    expect(await publish(opened)).toMatchObject({ outcome: 'published' });
    world.fault = undefined;
    expect(await proofs(opened)).toMatchObject([{ state: 'proven' }]);
  });

  test('are missing for a version that was uploaded without them, which stays as it is', async () => {
    const world = await attestingWorld();
    const root = commit(PROJECT);
    await publish(await attesting(world, root, { attestations: false }));
    world.proxy.clear();
    const opened = await attesting(world, root);
    expect(await checked(opened)).toEqual([]);
    expect(await publish(opened)).toMatchObject({ outcome: 'already-there' });
    expect(world.proxy.mutating()).toEqual([]);
    expect(await proofs(opened)).toMatchObject([
      { state: 'missing', problem: { code: 'pypi-no-attestation', rerun: 'never' } },
    ]);
  });
});

needs('git', 'pypi-attestations')('PyPA’s own program', () => {
  afterAll(removeScratch);

  test('verifies what was published, and refuses it after one byte is changed', async () => {
    const world = await attestingWorld();
    const opened = await attesting(world, commit(PROJECT));
    expect(await publish(opened)).toMatchObject({ outcome: 'published' });
    const files = await servedFiles(world);
    expect(files).toHaveLength(2);
    for (const { filename, provenance, url } of files) {
      const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
      const answer: unknown = await (await fetch(provenance ?? '')).json();
      const ran = await verifyAsPypi(world, filename, bytes, answer);
      expect(ran).toMatchObject({
        ok: true,
        stderrText: expect.stringContaining(`OK: ${filename}`),
      });
      const changed = Uint8Array.from(bytes);
      changed[20] = (changed[20] ?? 0) ^ 1;
      const refused = await verifyAsPypi(world, filename, changed, answer);
      expect(refused).toMatchObject({
        ok: false,
        stderrText: expect.stringContaining('subject does not match distribution digest'),
      });
    }
  });
});
