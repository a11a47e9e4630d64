import type { Proof, Publisher, Signed } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { reportTable } from '../../src/cli/output.ts';
import {
  calls,
  createFakeClock,
  createFakeWorld,
  type FakeWorld,
  fake,
} from '../fake-publisher.ts';
import { createGitWorld } from '../support/git-world.ts';
import { problem, promote, publish } from '../support/run.ts';

/** A publisher that signs, and what it has signed. */
function signing(world: FakeWorld, name: string, override: Partial<Publisher> = {}) {
  const signed = new Set<string>();
  return fake(world, name, {
    override: () => ({
      async sign({ coordinates }): Promise<readonly Signed[]> {
        return coordinates.map((coordinate): Signed => {
          const isNew = !signed.has(coordinate.version);
          signed.add(coordinate.version);
          const outcome = isNew ? 'signed' : 'already-signed';
          return { coordinate, kind: 'signature', outcome, signer: 'workflow@main' };
        });
      },
      async proofs({ coordinates }): Promise<readonly Proof[]> {
        return coordinates.map((coordinate) => ({
          coordinate,
          kind: 'signature',
          state: signed.has(coordinate.version) ? 'proven' : 'missing',
        }));
      },
      ...override,
    }),
  });
}

const blocked: Partial<Publisher> = {
  sign: async ({ coordinates }) =>
    coordinates.map((coordinate) => ({
      coordinate,
      kind: 'signature',
      outcome: 'blocked',
      problem: problem('incomplete', { code: 'no-log' }),
    })),
};

describe('publish', () => {
  test('signs what it has read back, and then moves the pointers', async () => {
    const world = createFakeWorld();
    const report = await publish([signing(world, 'a'), fake(world, 'b')]);
    expect(report).toMatchObject({
      exitCode: 0,
      artifacts: [
        { proofs: [{ kind: 'signature', state: 'proven', signer: 'workflow@main' }] },
        { publisher: 'npm:b' },
      ],
    });
    expect(report.artifacts[1]).not.toHaveProperty('proofs');
    expect(reportTable(report)).toMatch(/BUILT FROM +PROOFS[^]*signature proven/);
    expect(calls(world, 'publish', 'sign', 'promote').map((line) => line.split(' ')[0])).toEqual([
      'publish',
      'publish',
      'sign',
      'promote',
      'promote',
    ]);
  });

  test('says what was read back, so that nothing else is signed in its place', async () => {
    const world = createFakeWorld();
    const seen: unknown[] = [];
    const sign: Publisher['sign'] = async (_plan, _step, _built, findings = []) => {
      seen.push(findings.map(({ digest }) => digest));
      return [];
    };
    await publish([signing(world, 'a', { sign })]);
    await publish([signing(world, 'a', { sign })]);
    const digests = [...world.artifacts.values()].map(({ digest }) => digest);
    expect(digests).toHaveLength(1);
    expect(seen).toEqual([digests, digests]);
  });

  test('shows the proofs of a digest for each name that has this digest', async () => {
    const proofs = [{ kind: 'signature', state: 'proven', isNew: true }];
    const signs = (world: FakeWorld, digest?: string) =>
      fake(world, 'a', {
        alsoVersions: ['1'],
        override: () => ({
          async sign({ coordinates: [coordinate] }): Promise<readonly Signed[]> {
            const [stored] = world.artifacts.values();
            const about = { kind: 'signature', outcome: 'signed' } as const;
            return coordinate === undefined
              ? []
              : [{ ...about, coordinate, digest: digest ?? stored?.digest ?? '' }];
          },
        }),
      });
    const shown = async (digest?: string) => {
      const report = await publish([signs(createFakeWorld(), digest)]);
      expect(report.problems).toEqual([]);
      return report.artifacts.map((one) => one.proofs);
    };
    expect(await shown()).toEqual([proofs, proofs]);
    expect(await shown('sha256:other')).toEqual([proofs, undefined]);
  });

  test('moves no pointer of anything if one artifact could not be signed', async () => {
    const world = createFakeWorld();
    const report = await publish([signing(world, 'a', blocked), fake(world, 'b')]);
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'no-log', publisher: 'npm:a' }],
      artifacts: [{ outcome: 'published', proofs: [{ state: 'missing' }] }, {}],
    });
    expect(calls(world, 'promote')).toEqual([]);
    expect(world.pointers.size).toBe(0);
  });

  test('moves no pointer if a publisher says of nothing that it is signed or proven', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const silent = { sign: async () => [], proofs: async () => [] };
    const report = await publish([signing(world, 'a', silent)], { git });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'not-signed-yet' }] });
    const later = await promote([signing(world, 'a', silent)], { git });
    expect(later).toMatchObject({ exitCode: 3, problems: [{ code: 'not-signed-yet' }] });
    expect(world.pointers.size).toBe(0);
  });

  test('signs in a second run what the first one published and did not sign', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    await publish([signing(world, 'a', blocked)], { git });
    const signer = signing(world, 'a');
    const held = await publish([signer], { git, holdPointers: true });
    expect(held).toMatchObject({
      exitCode: 0,
      artifacts: [{ proofs: [{ state: 'proven', isNew: true }] }],
    });
    expect(held.artifacts[0]).not.toHaveProperty('outcome');
    expect(reportTable(held)).toContain('Everything was there already; 1 of 1 signed now.');
    const report = await publish([signer], { git });
    expect(report.artifacts[0]?.proofs?.[0]).not.toHaveProperty('isNew');
    expect(reportTable(report)).toContain('there already; 1 of 1 pointers moved.');
    expect(reportTable(await publish([signer], { git }))).toContain(
      'Everything was there already; nothing was written.',
    );
    expect(world.pointers.size).toBe(1);
  });

  test('signs with --hold-pointers, too, and signs nothing if publishing failed', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const failing = fake(world, 'b', {
      override: () => ({
        publish: async ({ coordinates }) =>
          coordinates.map((coordinate) => ({
            coordinate,
            outcome: 'incomplete',
            problem: problem('incomplete'),
          })),
      }),
    });
    await publish([signing(world, 'a'), failing], { git });
    expect(calls(world, 'sign')).toEqual([]);
    await publish([signing(world, 'a')], { git, holdPointers: true });
    expect(calls(world, 'sign')).toHaveLength(1);
    expect(calls(world, 'promote')).toEqual([]);
  });
});

describe('a proof that comes with the upload alone', () => {
  /** Its proofs, one list after the other; the last one again and again. */
  const proven = (world: FakeWorld, ...states: readonly Proof['state'][]) => {
    const left = [...states];
    return fake(world, 'a', {
      override: () => ({
        async proofs({ coordinates }): Promise<readonly Proof[]> {
          const [state = 'missing'] = left.length > 1 ? left.splice(0, 1) : left;
          return coordinates.map((coordinate) => ({ coordinate, kind: 'provenance', state }));
        },
      }),
    });
  };
  const definition = { visibleWithinMs: 60_000 };

  test('is waited for after publishing, and shown', async () => {
    const world = createFakeWorld();
    const clock = createFakeClock();
    const publishers = [proven(world, 'missing', 'unknown', 'proven')];
    expect(await publish(publishers, { clock, definition })).toMatchObject({
      exitCode: 0,
      artifacts: [{ outcome: 'published', proofs: [{ kind: 'provenance', state: 'proven' }] }],
    });
    expect(clock.slept).toEqual([250, 500]);
    expect(world.pointers.size).toBe(1);
  });

  test('and does not come moves no pointer', async () => {
    const world = createFakeWorld();
    const clock = createFakeClock();
    const report = await publish([proven(world, 'missing'), fake(world, 'b')], {
      clock,
      definition,
    });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'not-signed-yet' }] });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    expect(world.pointers.size).toBe(0);
  });

  test('is asked for before anything is sent, of what is there', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    await publish([fake(world, 'a')], { git, holdPointers: true });
    const report = await publish([proven(world, 'missing'), fake(world, 'b')], { git });
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'not-signed-yet' }] });
    expect(calls(world, 'publish')).toEqual(['publish npm:a']);
    expect(calls(world, 'promote')).toEqual([]);
  });

  test('is read once where nothing is left to publish', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    await publish([proven(world, 'proven')], { git });
    const before = calls(world, 'proofs').length;
    const report = await publish([proven(world, 'proven')], { git });
    expect(report).toMatchObject({ exitCode: 0, artifacts: [{ proofs: [{ state: 'proven' }] }] });
    expect(calls(world, 'proofs')).toHaveLength(before + 1);
  });
});

describe('promote', () => {
  test('moves no pointer if anything is not signed, and says how to sign it', async () => {
    const world = createFakeWorld();
    const git = createGitWorld();
    const publishers = [signing(world, 'a'), fake(world, 'b')];
    await publish([fake(world, 'a'), fake(world, 'b')], { git, holdPointers: true });
    const refused = await promote(publishers, { git });
    expect(refused).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'not-signed-yet', publisher: 'npm:a' }],
    });
    expect(calls(world, 'sign', 'promote')).toEqual([]);
    await publish(publishers, { git, holdPointers: true });
    expect(await promote(publishers, { git })).toMatchObject({ exitCode: 0, problems: [] });
    expect(world.pointers.size).toBe(2);
  });
});
