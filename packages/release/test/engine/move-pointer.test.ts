import { movePointerCommand, parsePointer } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { moveText } from '../../src/cli/move-text.ts';
import { type MoveOptions, moveReleasePointer } from '../../src/engine/move-pointer.ts';
import { createFakeWorld, type FakeOptions, fake } from '../fake-publisher.ts';
import { createGitWorld, VERSION_FILE } from '../support/git-world.ts';
import { publish } from '../support/run.ts';

/** Two dev builds are published; `dev` names the second. */
async function twoBuilds(options: FakeOptions = {}) {
  const git = createGitWorld();
  const world = createFakeWorld();
  const publishers = [fake(world, 'a', options)];
  const older = git.git('rev-parse', 'HEAD');
  await publish(publishers, { git });
  const newer = git.commit('more', '2025-11-14T09:05:00+00:00');
  await publish(publishers, { git });
  world.log.length = 0;
  return {
    git,
    world,
    older,
    newer,
    dev: () => world.pointers.get('a dev'),
    move: async (changes: Partial<MoveOptions> = {}) => {
      const definition = { versionFile: VERSION_FILE, publishers };
      const pointer = parsePointer('npm:a@dev');
      const repository = await git.open();
      return moveReleasePointer({ repository, definition, pointer, to: OLD, ...changes });
    },
  };
}

const OLD = '0.1.0-dev.20251113153211';
const NEW = '0.1.0-dev.20251114090500';

describe('a pointer that a person moves', () => {
  test('names what was asked for, and the report says all of it', async () => {
    const { dev, move, older } = await twoBuilds();
    const report = await move({ from: NEW });
    expect(report).toEqual({
      schema: 'ameide-release/move/1',
      status: 'converged',
      exitCode: 0,
      publisher: 'npm:a',
      registry: 'memory://registry',
      pointer: 'npm:a@dev',
      from: NEW,
      to: OLD,
      sha: older,
      now: OLD,
      outcome: 'moved',
      problems: [],
    });
    expect(dev()).toBe(OLD);
    expect(moveText(report)).toContain(`Moved from ${NEW} to ${OLD}.`);
  });

  test('the same again writes nothing and succeeds', async () => {
    const { move, world } = await twoBuilds();
    await move({ from: NEW });
    world.pointers.set('a dev', OLD);
    expect(await move({ from: NEW })).toMatchObject({ exitCode: 0, outcome: 'already', now: OLD });
    expect(await move()).toMatchObject({ exitCode: 0, outcome: 'already' });
  });

  test('may be told by the commit, where one version of it is published', async () => {
    const { dev, move, older } = await twoBuilds();
    expect(await move({ to: older, from: NEW })).toMatchObject({ exitCode: 0, to: OLD });
    expect(dev()).toBe(OLD);
    expect(await move({ to: older.slice(0, 8), from: NEW })).toMatchObject({ outcome: 'already' });
  });

  test('of a commit with several versions, the caller chooses', async () => {
    const { git, move, newer, world } = await twoBuilds();
    git.git('tag', 'v0.1.0');
    await publish([fake(world, 'a')], { git });
    await expect(move({ to: newer, from: NEW })).rejects.toMatchObject({
      code: 'pointer-target',
      message: expect.stringContaining(`several: 0.1.0, ${NEW}`),
    });
  });
});

describe('nothing is written', () => {
  test('without --from: it shows what the pointer names, and the command, and does not exit 0', async () => {
    const { dev, move, world } = await twoBuilds();
    const report = await move();
    expect(report).toMatchObject({
      exitCode: 2,
      now: NEW,
      problems: [
        {
          code: 'pointer-from-missing',
          hint: `To move it: ameide-release move-pointer npm:a@dev --to ${OLD} --from ${NEW}`,
        },
      ],
    });
    expect(report).not.toHaveProperty('outcome');
    expect(dev()).toBe(NEW);
    expect(world.log.filter((line) => line.startsWith('promote'))).toEqual([]);
  });

  test('if it names something else than the caller says', async () => {
    const { dev, move } = await twoBuilds();
    expect(await move({ from: '0.0.9' })).toMatchObject({
      exitCode: 4,
      outcome: 'blocked',
      now: NEW,
      problems: [{ code: 'pointer-names-another', effect: 'none' }],
    });
    expect(dev()).toBe(NEW);
  });

  test.each([
    ['is not published', '0.9.9', 'a published version'],
    ['is another pointer', 'latest', 'a version of npm:a, or a commit'],
    ['is a branch', 'main', 'a version of npm:a, or a commit'],
    ['is a range', '^0.1.0', 'a version of npm:a, or a commit'],
    ['is a commit that the clone lacks', 'a'.repeat(40), 'a version of npm:a, or a commit'],
  ])('if the target %s', async (_, to, expected) => {
    const { dev, move } = await twoBuilds();
    await expect(move({ to, from: NEW })).rejects.toMatchObject({
      code: 'pointer-target',
      message: expect.stringContaining(expected),
    });
    expect(dev()).toBe(NEW);
  });

  test.each([
    ['v0.1.0', 'The registry writes this version as 0.1.0.'],
    ['latest', 'That is a pointer, too. Pass the version that it names, or a commit.'],
  ])('and the hint for %s says what to do', async (to, hint) => {
    const { move } = await twoBuilds();
    await expect(move({ to, from: NEW })).rejects.toMatchObject({ hint });
  });

  test('if latest should name a dev build', async () => {
    const { move, newer, world } = await twoBuilds();
    world.pointers.set('a latest', '0.0.9');
    const pointer = parsePointer('npm:a@latest');
    for (const to of [NEW, newer])
      await expect(move({ pointer, to, from: '0.0.9' })).rejects.toMatchObject({
        code: 'pointer-target',
        message: expect.stringContaining('a version that a release gives to npm:a@latest'),
      });
  });

  test('and it is not called done if the pointer names other bytes of that version', async () => {
    const { move } = await twoBuilds({
      override: () => ({
        pointers: async (plan) =>
          plan.pointers.map((pointer) => ({ pointer, version: OLD, digest: 'sha256:other' })),
      }),
    });
    expect(await move({ to: OLD })).toMatchObject({ exitCode: 2, now: OLD });
  });

  test('if the target does not say which commit it was built from', async () => {
    const { move } = await twoBuilds({
      override: (real) => ({
        inspect: async (subject, step) =>
          'coordinate' in subject
            ? [{ coordinate: subject.coordinate, state: 'conflict', digest: 'x' }]
            : real.inspect(subject, step),
      }),
    });
    await expect(move({ from: NEW })).rejects.toMatchObject({
      code: 'pointer-target',
      message: expect.stringContaining('which commit it was built from'),
    });
  });

  test('if the registry does not answer about the target', async () => {
    const { dev, move } = await twoBuilds({
      override: (real) => ({
        inspect: async (subject, step) => {
          if (!('coordinate' in subject)) return real.inspect(subject, step);
          throw new Error('no answer');
        },
      }),
    });
    expect(await move({ from: NEW })).toMatchObject({ exitCode: 3 });
    expect(dev()).toBe(NEW);
  });

  test.each(['npm:a@somebody-elses', 'npm:b@dev'])(
    'for a pointer that the definition does not move: %s',
    async (text) => {
      const { move } = await twoBuilds();
      await expect(move({ pointer: parsePointer(text), from: NEW })).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:pointer-not-managed|unknown-coordinate)$/),
      });
    },
  );
});

describe('a pointer as text', () => {
  test.each([
    ['npm:@scope/name@dev', 'npm', '@scope/name', 'dev'],
    ['npm:name@latest', 'npm', 'name', 'latest'],
    ['oci:127.0.0.1:5000/a/b:0.1', 'oci', '127.0.0.1:5000/a/b', '0.1'],
    ['go:example.com/a/b@release/v1', 'go', 'example.com/a/b', 'release/v1'],
  ])('%s', (text, ecosystem, name, pointer) => {
    expect(parsePointer(text)).toEqual({ ecosystem, name, pointer });
  });

  test.each([
    'pypi:name@latest',
    'npm:@scope/name',
    'npm:name@',
    'oci:ghcr.io/a/b',
    'npm:a@$(id)',
    'go:example.com/a@--force',
    'dev',
    '',
  ])('%j is none', (text) => {
    expect(() => parsePointer(text)).toThrow('expected');
  });

  test('a label from outside cannot end the command that a person pastes', () => {
    const pointer = { ...parsePointer('oci:ghcr.io/a/b:latest'), version: '0.1.0' };
    expect(movePointerCommand(pointer, "1'; rm -rf ~ #")).toBe(
      "ameide-release move-pointer oci:ghcr.io/a/b:latest --to 0.1.0 --from '1?? rm -rf ? ?'",
    );
  });
});
