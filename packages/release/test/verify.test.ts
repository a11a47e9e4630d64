import { stripVTControlCharacters } from 'node:util';
import { type Finding, type Proof, parseCoordinate } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { verifyTable } from '../src/cli/verify-table.ts';
import { verifyCommit, verifyCoordinate } from '../src/verify/verify.ts';
import type { VerifyReport } from '../src/verify/verify-report.ts';
import { createFakeWorld, type FakeWorld, fake } from './fake-publisher.ts';
import { createGitWorld, type GitWorld, VERSION_FILE } from './support/git-world.ts';
import { problem, publish } from './support/run.ts';

type Answer = Pick<Proof, 'kind' | 'state'> & Partial<Proof>;

/** A publisher that asks for proofs, and finds these. */
function proving(world: FakeWorld, name: string, answers: readonly Answer[]) {
  return fake(world, name, {
    override: () => ({
      proofs: async ({ coordinates }) =>
        coordinates.flatMap((coordinate) =>
          answers.map((answer) => ({
            coordinate,
            digest:
              world.artifacts.get(`npm:${coordinate.name}@${coordinate.version}`)?.digest ?? '',
            ...answer,
          })),
        ),
    }),
  });
}

const PROVEN: readonly Answer[] = [
  { kind: 'signature', state: 'proven', signer: 'workflow@main' },
  { kind: 'provenance', state: 'proven', signer: 'workflow@main' },
];

const RUN = { kind: 'provenance', state: 'proven' } as const;

async function verify(
  git: GitWorld,
  ...publishers: ReturnType<typeof fake>[]
): Promise<VerifyReport> {
  return verifyCommit('HEAD', {
    repository: await git.open(),
    definition: { versionFile: VERSION_FILE, publishers },
  });
}

async function published(name = 'a') {
  const git = createGitWorld();
  const world = createFakeWorld();
  await publish([fake(world, name)], { git });
  return { git, world };
}

function codes({ problems }: VerifyReport): readonly string[] {
  return problems.map(({ code }) => code);
}

describe('a commit is verified', () => {
  test('and is proven where a provenance of its bytes is', async () => {
    const { git, world } = await published();
    const report = await verify(git, proving(world, 'a', PROVEN));
    expect(report).toMatchObject({
      exitCode: 0,
      artifacts: [
        { coordinate: 'npm:a@0.1.0-dev.20251113153211', commit: 'proven', proofs: PROVEN },
      ],
      problems: [],
    });
    const table = stripVTControlCharacters(verifyTable(report));
    expect(table).toMatch(/npm:a +0\.1\.0-dev\.\d+ +proven +proven +proven +workflow@main/);
    expect(table).toContain('1 of 1 artifacts are proven to be built from this commit.');
  });

  test('and a workflow that made all proofs is named once, below the table, whose rows have the refs of its runs', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    await publish([fake(world, 'a'), fake(world, 'b')], { git });
    const by = (signer: string) =>
      verify(
        git,
        proving(world, 'a', [{ ...RUN, signer: 'https://x/w.yml@refs/tags/v1' }]),
        proving(world, 'b', [{ ...RUN, signer }]),
      );
    const shared = stripVTControlCharacters(
      verifyTable(await by('https://x/w.yml@refs/heads/main')),
    );
    expect(shared).toMatch(
      /^npm:a .* refs\/tags\/v1\nnpm:b .* refs\/heads\/main\n\nBY shows the refs for which this workflow ran: https:\/\/x\/w\.yml$/m,
    );
    const other = stripVTControlCharacters(
      verifyTable(await by('https://x/other.yml@refs/heads/main')),
    );
    expect(other).toMatch(
      / https:\/\/x\/w\.yml@refs\/tags\/v1\n.* https:\/\/x\/other\.yml@refs\/heads\/main\n/,
    );
    expect(other).not.toContain('BY shows');
    const key = stripVTControlCharacters(verifyTable(await by(`key sha256:${'a'.repeat(64)}`)));
    expect(key).toMatch(
      / refs\/tags\/v1\nnpm:b .* key sha256:a{12}…\n\nBY shows the refs for which this workflow ran: https:\/\/x\/w\.yml\n/,
    );
  });

  test('and a problem that two publishers share is named for each', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    await publish([fake(world, 'a'), fake(world, 'b')], { git });
    const answers = [
      { kind: 'provenance', state: 'unknown', problem: problem('incomplete') },
    ] as const;
    const report = await verify(git, proving(world, 'a', answers), proving(world, 'b', answers));
    expect(report.problems.map(({ publisher }) => publisher)).toEqual(['npm:a', 'npm:b']);
  });

  test('and is only claimed where the definition asks for no proof: exit 0, and a note says so', async () => {
    const { git, world } = await published();
    const report = await verify(git, fake(world, 'a'));
    expect(report).toMatchObject({ exitCode: 0, artifacts: [{ commit: 'claimed', proofs: [] }] });
    expect(report.notes).toEqual([expect.stringContaining('npm:a')]);
  });

  test('and an answer without any proof proves nothing', async () => {
    const { git, world } = await published();
    const report = await verify(git, proving(world, 'a', []));
    expect(report).toMatchObject({ exitCode: 3, artifacts: [{ commit: 'claimed', proofs: [] }] });
    expect(codes(report)).toEqual(['not-proven']);
  });

  test.each<[string, Answer, string, number]>([
    ['missing', { kind: 'signature', state: 'missing' }, 'not-proven', 3],
    [
      'wrong',
      { kind: 'signature', state: 'wrong', problem: problem('conflict', { code: 'wrong-one' }) },
      'wrong-one',
      4,
    ],
    [
      'unknown',
      { kind: 'signature', state: 'unknown', problem: problem('incomplete', { code: 'unread' }) },
      'unread',
      3,
    ],
  ])('and a proof that is %s is reported once', async (_state, answer, code, exitCode) => {
    const { git, world } = await published();
    const report = await verify(git, proving(world, 'a', [answer]));
    expect(codes(report)).toEqual([code]);
    expect(report).toMatchObject({ exitCode, artifacts: [{ commit: 'claimed' }] });
  });

  test('and a proof of other bytes than those that are served proves nothing', async () => {
    const { git, world } = await published();
    const other = PROVEN.map((one) => ({ ...one, digest: 'sha256:other' }));
    const report = await verify(git, proving(world, 'a', other));
    expect(new Set(codes(report))).toEqual(new Set(['changed-meanwhile']));
    expect(report).toMatchObject({ exitCode: 5, artifacts: [{ commit: 'claimed' }] });
  });

  test('and an artifact of another commit is wrong, whatever it carries', async () => {
    const { git, world } = await published();
    const name = 'npm:a@0.1.0-dev.20251113153211';
    world.artifacts.set(name, { sha: 'e'.repeat(40), digest: 'sha256:e' });
    const report = await verify(git, proving(world, 'a', PROVEN));
    expect(codes(report)).toEqual(['other-commit']);
    expect(report).toMatchObject({ exitCode: 4, artifacts: [{ commit: 'wrong' }] });
  });

  test('and what is not published is missing: exit 3', async () => {
    const { git, world } = await published();
    const report = await verify(git, fake(world, 'a'), fake(createFakeWorld(), 'b'));
    expect(codes(report)).toEqual(['not-published-yet']);
    expect(report.artifacts.map(({ commit }) => commit)).toEqual(['claimed', 'missing']);
    expect(report.exitCode).toBe(3);
  });
});

test('names that clients resolve to each other are one artifact, unless they differ', async () => {
  const { git, world } = await published();
  const resolving = fake(world, 'a', {
    alsoVersions: ['1'],
    override: (real) => ({
      inspect: async (subject, step) => {
        const findings = await real.inspect(subject, step);
        const [there] = findings;
        return findings.map((one) => ({
          ...one,
          state: one.state === 'absent' && isDifferent ? 'conflict' : (there ?? one).state,
          resolved: 'v1.0.0',
        }));
      },
    }),
  });
  let isDifferent = false;
  const shown = async () => (await verify(git, resolving)).artifacts.map(({ commit }) => commit);
  expect(await shown()).toEqual(['claimed']);
  isDifferent = true;
  expect(await shown()).toEqual(['claimed', 'wrong']);
});

test('what publish can still sign is named with the command for it alone', async () => {
  const { git, world } = await published();
  const sign = async () => [];
  const late = fake(world, 'a', { override: () => ({ sign, proofs: async () => [] }) });
  const [found] = (await verify(git, late)).problems;
  expect(found).toMatchObject({ code: 'not-proven', rerun: 'after-fix' });
  expect(found?.hint).toContain('ameide-release publish --only npm:a --hold-pointers');
  const [lost] = (await verify(git, proving(world, 'a', []))).problems;
  expect(lost?.hint).not.toContain('--only');
});

test('an artifact is verified with all others of the commit that it names', async () => {
  const { git, world } = await published();
  await publish([fake(world, 'b')], { git });
  const report = await verifyCoordinate(parseCoordinate('npm:a@0.1.0-dev.20251113153211'), {
    repository: await git.open(),
    definition: {
      versionFile: VERSION_FILE,
      publishers: [proving(world, 'a', PROVEN), proving(world, 'b', PROVEN)],
    },
  });
  expect(report).toMatchObject({ exitCode: 0, sha: git.git('rev-parse', 'HEAD') });
  expect(report.artifacts.map(({ commit }) => commit)).toEqual(['proven', 'proven']);
});

test.each([
  ['its bytes are of one that was verified', undefined, 0, []],
  ['its bytes are others: it is not proven', 'sha256:other', 3, ['not-verified']],
])('an artifact that only names the commit, and %s', async (_what, other, exitCode, found) => {
  const { git, world } = await published();
  const [[, stored]] = [...world.artifacts] as [[string, { sha: string; digest: string }]];
  world.artifacts.set('npm:a@9.9.9', { ...stored, digest: other ?? stored.digest });
  const options = {
    repository: await git.open(),
    definition: { versionFile: VERSION_FILE, publishers: [proving(world, 'a', PROVEN)] },
  };
  const report = await verifyCoordinate(parseCoordinate('npm:a@9.9.9'), options);
  expect(report).toMatchObject({ exitCode, artifacts: [{ commit: 'proven' }] });
  expect(codes(report)).toEqual(found);
});

describe('an artifact that leads to no commit is refused, and the hint says', () => {
  const nameless = { coordinate: parseCoordinate('npm:a@9.9.9'), state: 'conflict' } as const;
  test.each<[string, readonly Finding[] | undefined, RegExp]>([
    ['that it is not published', undefined, /^npm:a@9\.9\.9 is not published at \S+: check/],
    ['that it names no commit', [nameless], /^npm:a@9\.9\.9 is published at .* names no commit/],
  ])('%s', async (_what, found, hint) => {
    const { git, world } = await published();
    const override = () => (found === undefined ? {} : { inspect: async () => found });
    const options = {
      repository: await git.open(),
      definition: { versionFile: VERSION_FILE, publishers: [fake(world, 'a', { override })] },
    };
    await expect(verifyCoordinate(parseCoordinate('npm:a@9.9.9'), options)).rejects.toMatchObject({
      code: 'unknown-coordinate',
      hint: expect.stringMatching(hint),
    });
  });
});
