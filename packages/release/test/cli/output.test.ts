import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { reportTable, traceTable } from '../../src/cli/output.ts';
import { problemLines } from '../../src/cli/problem-lines.ts';
import { plainLine } from '../../src/cli/progress/plain.ts';
import type { ReleaseReport } from '../../src/report/release-report.ts';
import { traceCommit } from '../../src/trace/trace.ts';
import { createFakeClock, createFakeWorld, fake } from '../fake-publisher.ts';
import { createGitWorld, VERSION_FILE } from '../support/git-world.ts';
import { plan, problem, publish } from '../support/run.ts';

const VERSION = '0.1.0-dev.20251113153211';
const OTHER = 'e'.repeat(40);

function lines(report: ReleaseReport): string[] {
  return stripVTControlCharacters(reportTable(report)).split('\n');
}

function last(report: ReleaseReport): string | undefined {
  return lines(report).at(-1);
}

describe('a note of a publisher', () => {
  const NOTE = 'latest names it, too';
  const noting = (world: ReturnType<typeof createFakeWorld>) =>
    fake(world, 'a', {
      override: (real) => ({
        pointers: async (plan, step) => {
          const known = (await real.pointers?.(plan, step)) ?? [];
          const [{ pointer, version }] = known as [(typeof known)[number]];
          const named = version === undefined ? {} : { version };
          return [...known, { pointer: { ...pointer, pointer: 'latest' }, ...named, note: NOTE }];
        },
      }),
    });

  test('is in the table and the JSON of plan and publish, and of a trace once it is so', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const definition = { versionFile: VERSION_FILE, publishers: [noting(world)] };
    const trace = async () => traceCommit('HEAD', { repository: await git.open(), definition });
    expect((await trace()).notes).toEqual([]);
    for (const run of [plan, publish]) {
      const report = await run([noting(world)], { git });
      expect(report).toMatchObject({ exitCode: 0, notes: [NOTE] });
      expect(lines(report)).toContain(`note: ${NOTE}`);
      expect(report.pointers.map(({ pointer }) => pointer)).toEqual(['dev']);
    }
    const traced = await trace();
    expect(traced.notes).toEqual([NOTE]);
    expect(traced.artifacts[0]?.pointers).toEqual(['dev', 'latest']);
    expect(stripVTControlCharacters(traceTable(traced))).toContain(`note: ${NOTE}`);
  });
});

test('a note that a publisher emits is in the report, once, and no line of progress', async () => {
  const note = 'conf/a.yaml:1:4 is read in two ways';
  const emitting = (id: string) =>
    fake(createFakeWorld(), id, {
      override: () => ({
        validate: async ({ publisher }, step) => {
          step.emit({ publisher, message: note, isNote: true });
          return [];
        },
      }),
    });
  for (const run of [plan, publish]) {
    const seen: string[] = [];
    const report = await run([emitting('a'), emitting('b')], {
      onEvent: (event) => void seen.push(plainLine(event, { verbose: true }) ?? ''),
    });
    expect(report).toMatchObject({ exitCode: 0, notes: [note] });
    expect(lines(report)).toContain(`note: ${note}`);
    expect(seen.join('\n')).not.toContain(note);
  }
});

describe('a table of artifacts', () => {
  test('shows the commit that the registry names for each', async () => {
    const git = createGitWorld();
    const world = createFakeWorld();
    const sha = git.git('rev-parse', 'HEAD');
    expect(lines(await plan([fake(world, 'a')], { git })).join('\n')).not.toContain('BUILT FROM');
    const published = lines(await publish([fake(world, 'a')], { git }));
    expect(published).toContain('ARTIFACT  VERSION                   OUTCOME    BUILT FROM');
    expect(published).toContain(`npm:a     ${VERSION}  published  ${sha.slice(0, 12)}`);
    const traced = await traceCommit('HEAD', {
      repository: await git.open(),
      definition: { versionFile: VERSION_FILE, publishers: [fake(world, 'a')] },
    });
    const table = stripVTControlCharacters(traceTable(traced)).split('\n');
    expect(table[0]).toBe(sha);
    expect(table).toContain(
      'ARTIFACT  VERSION                   STATE      BUILT FROM    POINTERS',
    );
    expect(table).toContain(`npm:a     ${VERSION}  published  ${sha.slice(0, 12)}  dev`);
  });

  test('is left out when nothing was asked; the problem and the exit code stay', async () => {
    const report = await publish([fake(createFakeWorld(), 'a')], { only: ['npm:x'] });
    const text = lines(report);
    expect(text.join('\n')).not.toMatch(/ARTIFACT|POINTER/);
    expect(text.at(-1)).toBe('Nothing was sent. Exit 2 (invalid-input).');
  });

  test.each([
    ['absent', 'absent', 'to publish'],
    ['identical', 'same-source', 'already there in part, rest to publish'],
  ] as const)(
    'of two files, one %s, of an artifact that is %s: %s',
    async (first, state, expected) => {
      const files = [
        { name: 'v0.1.0', state: first },
        { name: 'source-1', state: 'absent' },
      ] as const;
      const two = fake(createFakeWorld(), 'a', {
        override: () => ({
          inspect: async () => [
            { coordinate: { ecosystem: 'npm', name: 'a', version: VERSION }, state, files },
          ],
        }),
      });
      expect(lines(await plan([two]))).toContain(`npm:a     ${VERSION}  ${expected}`);
    },
  );

  test("of a conflict names the other commit, and never shows another commit's pointer as ours", async () => {
    const world = createFakeWorld();
    world.artifacts.set(`npm:a@${VERSION}`, { sha: OTHER, digest: 'sha256:x' });
    world.pointers.set('a dev', VERSION);
    const text = lines(await publish([fake(world, 'a')]));
    expect(text).toContain(`npm:a     ${VERSION}  conflict  ${OTHER.slice(0, 12)}`);
    expect(text).toContain(
      `npm:a       dev      ${VERSION}  names this version, which another commit published`,
    );
    expect(text.join('\n')).not.toContain('already there');
  });
});

describe('the last line', () => {
  test('of a good run counts what was published and what was there', async () => {
    const world = createFakeWorld();
    await publish([fake(world, 'a')]);
    expect(last(await plan([fake(world, 'a'), fake(world, 'b')]))).toBe(
      '1 of 2 artifacts to publish, 1 was there already.',
    );
    const report = await publish([fake(world, 'a'), fake(world, 'b'), fake(world, 'c')]);
    expect(last(report)).toBe('2 published, 1 was there already; all read back.');
  });

  test('of a failed run says what became of all, pointers too', async () => {
    const world = createFakeWorld();
    await publish([fake(world, 'a')]);
    const refused = fake(world, 'c', {
      override: () => ({
        publish: async (of) =>
          of.coordinates.map((coordinate) => ({
            coordinate,
            outcome: 'incomplete',
            problem: problem('authentication'),
          })),
      }),
    });
    const report = await publish([
      fake(world, 'a'),
      fake(world, 'b'),
      refused,
      fake(world, 'd', { visibleOn: 'publish' }),
    ]);
    expect(last(report)).toBe(
      '1 of 4 artifacts published, 1 was there already, 2 not published; no pointer was moved. Exit 6 (unauthenticated).',
    );
  });

  test('of a plan says that publish would refuse another branch', async () => {
    const git = createGitWorld();
    git.git('checkout', '--quiet', '-b', 'feature');
    git.commit('work');
    const report = await plan([fake(createFakeWorld(), 'a')], {
      git,
      definition: { branches: ['main'] },
    });
    expect(report.exitCode).toBe(0);
    expect(last(report)).toBe(
      '1 of 1 artifacts to publish. publish would refuse this commit: branch-not-published.',
    );
  });

  test('of a plan does not take silence for absence', async () => {
    const silent = fake(createFakeWorld(), 'a', { override: () => ({ inspect: async () => [] }) });
    expect(last(await plan([silent, fake(createFakeWorld(), 'b')]))).toBe(
      '1 of 2 artifacts to publish, 1 not known. Exit 3 (incomplete).',
    );
    expect(last(await publish([silent]))).toBe(
      '0 of 1 artifacts published, 1 not published; no pointer was moved. Exit 3 (incomplete).',
    );
  });

  test('tells what is in doubt apart from what is not published', async () => {
    const lost = fake(createFakeWorld(), 'a', {
      override: () => ({
        publish: async () => {
          throw new Error('the connection broke');
        },
      }),
    });
    expect(last(await publish([lost]))).toBe(
      '0 of 1 artifacts published, 1 in doubt; no pointer was moved. Exit 5 (unknown).',
    );
  });

  test('says that some pointers moved when others failed', async () => {
    const world = createFakeWorld();
    const stuck = fake(world, 'b', { override: () => ({ promote: async () => [] }) });
    expect(last(await publish([fake(world, 'a'), stuck]))).toBe(
      '2 of 2 artifacts published; 1 of 2 pointers moved. Exit 3 (incomplete).',
    );
  });
});

describe('problems', () => {
  const at = (name: string, registry = 'https://r') => ({
    publisher: `npm:${name}`,
    registry,
    coordinate: `npm:${name}@1.0.0`,
  });
  const away = (name: string, what = `read npm:${name}@1.0.0`) => ({
    ...problem('incomplete', {
      code: 'npm-unreachable',
      message: `Could not ${what}: connect ECONNREFUSED.`,
      reason: 'connect ECONNREFUSED',
      coordinate: `npm:${name}@1.0.0`,
    }),
    publisher: `npm:${name}`,
  });
  const text = (...args: Parameters<typeof problemLines>) =>
    problemLines(...args).map(stripVTControlCharacters);

  test('of one cause at one registry are one block with the names', () => {
    const artifacts = [at('one'), at('two'), at('three', 'https://other')];
    expect(
      text([away('one'), away('one', 'read the dist-tags of one'), away('two'), away('three')], {
        artifacts,
        readsOnly: true,
      }),
    ).toEqual([
      '',
      'problem npm-unreachable  https://r',
      '  Could not read npm:one@1.0.0: connect ECONNREFUSED.',
      '  The same of:',
      '    npm:two@1.0.0',
      '  Running the same command again is safe.',
      '',
      'problem npm-unreachable  npm:three',
      '  Could not read npm:three@1.0.0: connect ECONNREFUSED.',
      '  Running the same command again is safe.',
    ]);
  });

  test('that say the same at several registries are one block without a registry', () => {
    const artifacts = [at('one'), at('two'), at('three', 'https://other')];
    const nobody = (name: string) => ({
      ...problem('authentication', { message: 'This machine has no identity.' }),
      publisher: `npm:${name}`,
    });
    const found = ['one', 'two', 'three'].map(nobody);
    expect(text([...found, away('three')], { artifacts, readsOnly: true })).toEqual([
      '',
      'problem test-authentication',
      '  npm:one: This machine has no identity.',
      '  The same of:',
      '    npm:two',
      '    npm:three',
      '  Running the same command again is safe.',
      '',
      'problem npm-unreachable  npm:three',
      '  Could not read npm:three@1.0.0: connect ECONNREFUSED.',
      '  Running the same command again is safe.',
    ]);
  });

  test('that differ in the URL alone are one, and a publisher whose artifacts are named is not named again', () => {
    const broke = (name: string, what: string, path: string) => ({
      ...problem('incomplete', {
        message: `Could not ${what}: GET https://r/${path}: it broke.`,
        reason: 'it broke',
      }),
      publisher: `npm:${name}`,
    });
    const one = { ...broke('one', 'read npm:one@1.0.0', 'one/1.0.0'), coordinate: 'npm:one@1.0.0' };
    const artifacts = [at('one'), at('two')];
    expect(
      text(
        [
          one,
          broke('one', 'read the dist-tags of npm:one', 'tags'),
          broke('two', 'reach npm:two', 'two'),
        ],
        { artifacts },
      ),
    ).toEqual([
      '',
      'problem test-incomplete  https://r',
      '  Could not read npm:one@1.0.0: GET https://r/one/1.0.0: it broke.',
      '  The same of:',
      '    npm:two',
      '  It wrote nothing for any of them. Running the same command again is safe.',
    ]);
  });

  test('that have no reason in common are shown each, under the name that they concern', () => {
    const artifacts = [at('one'), at('two')];
    const broken = (name: string, message: string) => ({
      ...problem('incomplete', { message }),
      publisher: `npm:${name}`,
    });
    expect(
      text([broken('one', 'The README is missing.'), broken('two', 'The licence is missing.')], {
        artifacts,
      }),
    ).toEqual([
      '',
      'problem test-incomplete  https://r',
      '  npm:one: The README is missing.',
      '  npm:two: The licence is missing.',
      '  It wrote nothing for any of them. Running the same command again is safe.',
    ]);
  });

  test('say for whom something was written, or may have been', () => {
    const one = { ...problem('unknown', { effect: 'unknown' }), publisher: 'npm:one' };
    expect(text([one])).toContain(
      '  What it sent for npm:one may be on the registry. Running the same command again is safe.',
    );
    const other = problem('conflict', {
      effect: 'committed',
      rerun: 'never',
      coordinate: 'npm:one@1.0.0',
    });
    expect(text([other])).toContain(
      '  What it sent for npm:one@1.0.0 is on the registry. Do not run it again as it is.',
    );
  });
});

describe('progress', () => {
  test('speaks of waiting only after a first look, and of a pointer only when it has moved', async () => {
    const world = createFakeWorld();
    const clock = createFakeClock();
    // Time goes on with every look at the clock.
    let ticks = 0;
    const ticking = { ...clock, now: () => clock.now() + (ticks += 1) };
    const events = async (): Promise<string[]> => {
      const said: string[] = [];
      await publish([fake(world, 'a')], {
        clock: ticking,
        onEvent: (event) => {
          const line = plainLine(event, { verbose: false });
          if (line !== undefined) said.push(stripVTControlCharacters(line));
        },
      });
      return said.filter((line) => /^(?:verify|promote)/.test(line));
    };
    expect(await events()).toEqual(['verify  npm:a  reading back', 'promote npm:a  moved dev']);
    expect(await events()).toEqual([]);
  });
});
