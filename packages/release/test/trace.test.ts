import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parseCoordinate, parsePointer } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { traceTable } from '../src/cli/output.ts';
import { traceCommit, traceCoordinate, tracePointer } from '../src/trace/trace.ts';
import { createFakeWorld, type FakeWorld, fake } from './fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './support/git-world.ts';
import { problem, publish } from './support/run.ts';

const OTHER = 'e'.repeat(40);

async function options(git: GitWorld, ...publishers: ReturnType<typeof fake>[]) {
  return { repository: await git.open(), definition: { versionFile: VERSION_FILE, publishers } };
}

function hold(world: FakeWorld, coordinate: string, sha: string): void {
  world.artifacts.set(coordinate, { sha, digest: `sha256:${coordinate}` });
}

describe('a commit', () => {
  test('is looked for under every name it may have had, each told once, with the pointers that name it', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const sha = git.git('rev-parse', 'HEAD');
    await publish([fake(world, 'a')], { git });
    git.git('tag', 'v0.1.0');
    await publish([fake(world, 'a', { pointers: ['latest'] })], { git });
    const report = await traceCommit('HEAD', await options(git, fake(world, 'a')));
    expect(report).toMatchObject({ exitCode: 0, sha, problems: [] });
    expect(report.artifacts.map(({ coordinate, state }) => [coordinate, state])).toEqual([
      ['npm:a@0.1.0', 'same-source'],
      ['npm:a@0.1.0-dev.20251113153211', 'same-source'],
    ]);
    expect(report.artifacts[1]?.pointers).toEqual(['dev']);
  });

  test('has two builds that contradict each other: the publisher’s problem and its exit code', async () => {
    const git = createGitWorld();
    const definition = fake(createFakeWorld(), 'a');
    const contradicting: typeof definition = {
      ...definition,
      open: async (source) => ({
        ...(await definition.open(source)),
        inspect: async (subject) => {
          if (!('plan' in subject)) return [];
          const { coordinates, sha } = subject.plan;
          return coordinates.map((coordinate) => ({
            coordinate,
            state: 'conflict',
            sha,
            problem: problem('conflict', { code: 'two-builds' }),
          }));
        },
      }),
    };
    const report = await traceCommit('HEAD', await options(git, contradicting));
    expect(report).toMatchObject({ exitCode: 4, problems: [{ code: 'two-builds' }] });
  });

  test('has proofs, where the definition asks for them; a wrong one is an answer', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    await publish([fake(world, 'a')], { git });
    const proving = fake(world, 'a', {
      override: () => ({
        proofs: async ({ coordinates }) =>
          coordinates.map((coordinate) => ({
            coordinate,
            kind: 'signature',
            state: 'wrong',
            problem: problem('conflict', { code: 'bad' }),
          })),
      }),
    });
    const report = await traceCommit('HEAD', await options(git, proving));
    expect(report).toMatchObject({
      exitCode: 0,
      problems: [],
      artifacts: [{ proofs: [{ kind: 'signature', state: 'wrong' }] }],
    });
    const text = stripVTControlCharacters(traceTable(report));
    expect(text).toMatch(/POINTERS +PROOFS/);
    expect(text).toContain('signature wrong');
    const without = await traceCommit('HEAD', await options(git, fake(world, 'a')));
    expect(traceTable(without)).not.toContain('PROOFS');
  });

  test('gives the proofs of an artifact that names it, compared with its own plan', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    await publish([fake(world, 'a')], { git });
    const sha = git.git('rev-parse', 'HEAD');
    git.commit('later', '2025-11-14T09:05:00+00:00');
    const proving = fake(world, 'a', {
      override: () => ({
        proofs: async ({ coordinates, sha: of }) =>
          coordinates.map((coordinate) => ({
            coordinate,
            kind: 'provenance',
            state: of === sha ? 'proven' : 'wrong',
          })),
      }),
    });
    const of = 'npm:a@0.1.0-dev.20251113153211';
    const report = await traceCoordinate(parseCoordinate(of), await options(git, proving));
    expect(report).toMatchObject({
      sha,
      artifacts: [{ coordinate: of, proofs: [{ kind: 'provenance', state: 'proven' }] }],
    });
    expect(stripVTControlCharacters(traceTable(report))).toMatch(/PROOFS[^]*provenance proven/);
    hold(world, 'npm:a@0.0.9', OTHER);
    const foreign = parseCoordinate('npm:a@0.0.9');
    const unknown = await traceCoordinate(foreign, await options(git, proving));
    expect(unknown).toMatchObject({ problems: [], artifacts: [{ sha: OTHER }] });
    expect(unknown.artifacts[0]).not.toHaveProperty('proofs');
  });

  test('progress says which build is asked about', async () => {
    const git = createGitWorld();
    git.git('tag', 'v0.1.0');
    const said: string[] = [];
    await traceCommit('HEAD', {
      ...(await options(git, fake(createFakeWorld(), 'a'))),
      onEvent: ({ message, type }) => void (type === 'progress' && said.push(message)),
    });
    expect(said.toSorted()).toEqual([
      'asking memory://registry about the dev build 0.1.0-dev.20251113153211',
      'asking memory://registry about the release 0.1.0',
    ]);
  });

  test('a dev build from before its base was released keeps the name it had', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const sha = git.commit('built before the release', '2025-11-14T09:05:00+00:00');
    hold(world, 'npm:a@0.1.0-dev.20251114090500', sha);
    git.git('tag', 'v0.1.0', 'HEAD~1');
    const report = await traceCommit(sha, await options(git, fake(world, 'a')));
    expect(report.artifacts.map(({ coordinate, state }) => [coordinate, state])).toEqual([
      ['npm:a@0.1.1-dev.20251114090500', 'absent'],
      ['npm:a@0.1.0-dev.20251114090500', 'same-source'],
    ]);
  });

  test('what another commit published under its name is told, and is no failure', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    hold(world, 'npm:a@0.1.0-dev.20251113153211', OTHER);
    const report = await traceCommit('main', await options(git, fake(world, 'a')));
    expect(report).toMatchObject({
      exitCode: 0,
      artifacts: [{ state: 'conflict', sha: OTHER }],
      problems: [],
    });
    expect(stripVTControlCharacters(traceTable(report))).toMatch(
      new RegExp(`another commit's *${OTHER.slice(0, 12)}`),
    );
  });

  test('a silent registry is no answer, and every other is still told', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const silent = fake(world, 'a', {
      override: () => ({
        inspect: async () => [],
        pointers: async (plan) =>
          plan.pointers.map((pointer) => ({ pointer, problem: problem('authentication') })),
      }),
    });
    const report = await traceCommit('main', await options(git, silent, fake(world, 'b')));
    expect(report).toMatchObject({
      exitCode: 6,
      artifacts: [{ state: 'unknown' }, { publisher: 'npm:b', state: 'absent' }],
    });
    expect(report.problems.map(({ code }) => code)).toEqual([
      'registry-no-answer',
      'test-authentication',
    ]);
  });

  test('a publisher that fails is told as such', async () => {
    const git = createGitWorld();
    const broken = fake(createFakeWorld(), 'a', {
      override: () => ({
        inspect: async () => {
          throw new TypeError('x is undefined');
        },
      }),
    });
    const report = await traceCommit('main', await options(git, broken));
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'publisher-failed', publisher: 'npm:a' }],
    });
  });

  test('a publisher that cannot be opened for a fault of its own is a problem, and every other is still asked', async () => {
    const git = createGitWorld();
    const broken = {
      label: 'npm(packages/x)',
      open: async () => {
        throw new TypeError('x is undefined');
      },
    };
    const report = await traceCommit(
      'main',
      await options(git, broken, fake(createFakeWorld(), 'b')),
    );
    expect(report).toMatchObject({
      exitCode: 3,
      problems: [{ code: 'publisher-failed' }],
      artifacts: [{ publisher: 'npm:b' }],
      notes: [],
    });
  });

  test('in a shallow clone is refused: names and ancestry cannot be told there', async () => {
    const git = createGitWorld();
    git.commit('a second');
    const shallow = join(git.directory, 'shallow');
    git.git('clone', '--quiet', '--depth=1', `file://${git.directory}`, shallow);
    const about = {
      ...(await options(git, fake(createFakeWorld(), 'a'))),
      repository: await git.open(shallow),
    };
    await expect(traceCommit('HEAD', about)).rejects.toMatchObject({
      code: 'shallow-clone',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
    await expect(traceCoordinate(parseCoordinate('npm:a@1.0.0'), about)).rejects.toMatchObject({
      code: 'shallow-clone',
    });
  });

  test('of which nothing can be named is said so', async () => {
    const git = createGitWorld();
    git.write(VERSION_FILE, '{}');
    git.commit();
    const about = await options(git, fake(createFakeWorld(), 'a'));
    const report = await traceCommit('main', about);
    await expect(traceCoordinate(parseCoordinate('npm:a@1.0.0'), about)).rejects.toMatchObject({
      code: 'unknown-coordinate',
      hint: expect.stringContaining('packages/sdk/package.json: version'),
    });
    // Nobody was asked: that is no answer, and a job that asks "was it published?" must not be told
    // so.
    expect(report).toMatchObject({
      exitCode: 2,
      sha: git.git('rev-parse', 'HEAD'),
      artifacts: [],
      problems: [{ code: 'nothing-to-ask' }],
    });
    expect(report.notes.join('\n')).toContain('packages/sdk/package.json: version');
  });
});

describe('an artifact', () => {
  test('names its commit', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    hold(world, 'npm:a@7.0.0', OTHER);
    const report = await traceCoordinate(
      parseCoordinate('npm:a@7.0.0'),
      await options(git, fake(world, 'a'), fake(world, 'b')),
    );
    expect(report).toMatchObject({
      exitCode: 0,
      sha: OTHER,
      artifacts: [{ publisher: 'npm:a', state: 'same-source' }],
    });
    expect(traceTable(report)).toContain(OTHER);
  });

  test.each([
    ['is not published', {}, 0, 'not published'],
    ['cannot be asked for', { inspect: async () => [] }, 3, 'the registry did not say'],
  ])('%s', async (_, override, exitCode, heading) => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const report = await traceCoordinate(
      parseCoordinate('npm:a@7.0.0'),
      await options(git, fake(world, 'a', { override: () => override })),
    );
    expect(report.exitCode).toBe(exitCode);
    expect(traceTable(report)).toContain(heading);
  });

  test('that can never be is told why', async () => {
    const git = createGitWorld();
    const coordinate = parseCoordinate('npm:a@7.0.0');
    const impossible = fake(createFakeWorld(), 'a', {
      override: () => ({
        inspect: async () => [{ coordinate, state: 'absent', problem: problem('input') }],
      }),
    });
    const report = await traceCoordinate(coordinate, await options(git, impossible));
    expect(report).toMatchObject({
      exitCode: 2,
      artifacts: [{ state: 'absent' }],
      problems: [{ code: 'test-input' }],
    });
  });

  test('of another release is refused, with what there is', async () => {
    const git = createGitWorld();
    await expect(
      traceCoordinate(
        parseCoordinate('npm:b@1.0.0'),
        await options(git, fake(createFakeWorld(), 'a')),
      ),
    ).rejects.toMatchObject({
      code: 'unknown-coordinate',
      message: expect.stringContaining('npm:a'),
    });
  });
});

describe('a pointer', () => {
  const asked = async (text: string, hold: (world: FakeWorld) => void = () => undefined) => {
    const git = createGitWorld();
    const world = createFakeWorld();
    await publish([fake(world, 'a')], { git });
    hold(world);
    const report = tracePointer(parsePointer(text), await options(git, fake(world, 'a')));
    return { sha: git.git('rev-parse', 'HEAD'), report };
  };

  test('is traced to the version that it names, which is said', async () => {
    const { report, sha } = await asked('npm:a@dev');
    const version = '0.1.0-dev.20251113153211';
    expect(await report).toMatchObject({
      exitCode: 0,
      sha,
      artifacts: [{ coordinate: `npm:a@${version}`, state: 'same-source', sha, pointers: ['dev'] }],
      notes: [`npm:a@dev names ${version} now.`],
    });
  });

  test('may name a version that another commit was built from', async () => {
    const { report } = await asked('npm:a@latest', (world) => {
      hold(world, 'npm:a@0.0.9', OTHER);
      world.pointers.set('a latest', '0.0.9');
    });
    expect(await report).toMatchObject({ exitCode: 0, sha: OTHER });
  });

  test.each(['npm:a@nightly', 'npm:b@latest'])(
    'that does not exist, or of another package, is refused: %s',
    async (text) => {
      const { report } = await asked(text);
      await expect(report).rejects.toMatchObject({ code: 'unknown-coordinate' });
    },
  );

  test('whose registry does not answer is not said to be missing', async () => {
    const git = createGitWorld();
    const silent = fake(createFakeWorld(), 'a', {
      override: () => ({
        pointers: async ({ pointers }) =>
          pointers.map((pointer) => ({ pointer, problem: problem('incomplete') })),
      }),
    });
    const report = await tracePointer(parsePointer('npm:a@latest'), await options(git, silent));
    expect(report).toMatchObject({ exitCode: 3, problems: [{ code: 'test-incomplete' }] });
  });
});
