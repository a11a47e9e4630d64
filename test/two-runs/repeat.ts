import type { RunningOciRegistry } from '@ameide/local-registries';
import { inParallel, settleAll } from '@ameide/publisher-kit';
import { createTestRepository, type TestRepository } from '@ameide/publisher-kit/testing';
import { publishRelease, type ReleaseReport } from '@ameide/release';
import { expect, test } from 'vitest';
import { createCrossing, seeded, type Turn } from './crossing.ts';
import {
  type DefineOptions,
  type Names,
  type SharedRegistries,
  startSharedRegistries,
} from './registries.ts';

/** How often each pair is repeated. TWO_RUNS=50 takes some minutes on two cores. */
export const COUNT = Number(process.env['TWO_RUNS'] ?? 10);
/** A failure's message says it. */
const SEED = Number(process.env['TWO_RUNS_SEED'] ?? Date.now() % 2 ** 31);
/** Most of a run is waiting. */
const AT_ONCE = 10;
/** A branch of a Go mirror has a compare-and-swap, and costs more than the others. */
const GO_EACH = 5;

interface Run {
  readonly sha: string;
  readonly ref: string;
}

interface Pair {
  readonly runs: readonly [older: Run, newer: Run];
  /** Published before. */
  readonly before?: Run;
  /** What each name must name in the end: another name, or an npm version. */
  readonly expected: Expected;
}

interface Expected {
  readonly npm: Readonly<Record<string, string>>;
  readonly oci: Readonly<Record<string, string>>;
  readonly go: Readonly<Record<string, string>>;
}

type Commit = (base: string, minute: number) => string;

export const dev = (sha: string): Run => ({ sha, ref: 'refs/heads/main' });
export const release = (sha: string, version: string): Run => ({
  sha,
  ref: `refs/tags/v${version}`,
});

/** Commits to a repository, and says which runs meet. */
export type Scenario = (commit: Commit, repository: TestRepository) => Pair;

/** Commits a package, an image and a Go module, all of this name. */
export function commitTo(repository: TestRepository, name: string): Commit {
  return (base, minute) =>
    repository.commit({
      time: `2025-11-13T15:${minute}:00Z`,
      files: {
        'version.json': { version: base },
        'js/package.json': { name: `@acme/${name}`, version: '0.0.0', license: 'MIT' },
        'js/index.js': `module.exports = ${minute};\n`,
        'image/index.html': `${minute}\n`,
        'go/go.mod': `module github.com/acme/${name}\n\ngo 1.21\n`,
        'go/sdk.go': `package sdk\n\nconst Answer = ${minute}\n`,
      },
    });
}

/** Publishes one run through proxies of its own. */
export async function publishRun(
  registries: SharedRegistries,
  { name, repository }: { readonly name: string; readonly repository: TestRepository },
  { sha, ref }: Run,
  options: DefineOptions = {},
): Promise<ReleaseReport> {
  await using run = await registries.define(name, options);
  const { definition } = run;
  return await publishRelease({
    repository: await repository.open(),
    definition,
    env: {},
    revision: sha,
    ref,
  });
}

/** Publishes both runs of a pair, the older one's writes first or last. */
async function repeat(
  registries: SharedRegistries,
  name: string,
  pair: Scenario,
  { seed, withGo }: { readonly seed: number; readonly withGo: boolean },
): Promise<void> {
  await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  await registries.create(name);
  const { before, expected, runs } = pair(commitTo(repository, name), repository);
  const crossing = createCrossing(seeded(seed));
  const work = { name, repository };
  const publish = async (run: Run, turn: Turn): Promise<ReleaseReport> =>
    publishRun(registries, work, run, {
      withGo,
      onRequest: async (request) => crossing.pass(turn, request),
    });
  if (before !== undefined)
    expect(await publishRun(registries, work, before, { withGo })).toMatchObject({ exitCode: 0 });
  const [first, second] = seed % 2 === 0 ? runs : [runs[1], runs[0]];
  const reports = await settleAll([publish(first, 'first'), publish(second, 'second')]);
  const where = `TWO_RUNS_SEED=${seed}, ${name}: ${JSON.stringify(reports.map(shown))}`;
  for (const report of reports) {
    expect([0, 3], where).toContain(report.exitCode);
    expect(
      report.problems.filter(({ hint }) => hint === undefined),
      where,
    ).toEqual([]);
  }
  expectNames(await registries.names(name), expected, withGo, where);
}

function shown({ exitCode, pointers, problems }: ReleaseReport): object {
  return {
    exitCode,
    pointers: pointers.map(({ pointer, outcome }) => `${pointer} ${outcome}`),
    problems: problems.map(({ message }) => message),
  };
}

/** What all names say in the end: the same as `expected`, and npm's upload tag is gone. */
function expectNames(names: Names, expected: Expected, withGo: boolean, where: string): void {
  expect(names.npm, where).toMatchObject(expected.npm);
  expect(names.npm, where).not.toHaveProperty('incoming');
  for (const registry of withGo ? (['oci', 'go'] as const) : (['oci'] as const))
    for (const [name, same] of Object.entries(expected[registry])) {
      expect(names[registry][same], `${where} ${same}`).toMatch(/^(?:sha256:)?[0-9a-f]{40}/);
      expect(names[registry][name], `${where} ${name} as ${same}`).toBe(names[registry][same]);
    }
}

/**
 * Repeats each pair of runs: both read and decide before one of them writes, in both orders. In the
 * end all names agree, and name the newest.
 */
export function crossings(
  startImages: () => Promise<RunningOciRegistry>,
  scenarios: Readonly<Record<string, Scenario>>,
  count: number,
): void {
  test.each(Object.entries(scenarios))(
    '%s',
    async (title, pair) => {
      await using registries = await startSharedRegistries(startImages);
      const slug = title.replaceAll(' ', '-');
      const work = async (index: number): Promise<void> =>
        repeat(registries, `${slug}-${index}`, pair, {
          seed: SEED + index,
          withGo: index % GO_EACH === 0,
        });
      await inParallel([...Array(count).keys()], work, AT_ONCE);
    },
    60_000 + count * 30_000,
  );
}
