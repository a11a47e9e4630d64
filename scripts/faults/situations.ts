import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REPOSITORY } from '../demo/repository.ts';
import { must, runs } from '../demo/run.ts';
import type { Case, CaseResult } from './case.ts';
import { expected } from './expected.ts';
import type { Scenario, ScenarioName } from './prepare.ts';
import { type RunInput, type RunResult, runCommand, runHere } from './runs.ts';
import { isImmutable, type Snapshot, takeSnapshot } from './snapshot.ts';
import { openWorld, type World } from './world.ts';

/** What is wrong with a whole run, and not at one of its steps. */
export interface Situation {
  readonly name: string;
  readonly title: string;
  readonly scenarios: readonly ScenarioName[];
  /** What differs between its cases. */
  readonly variants: readonly string[];
  /** Why it cannot be made on this machine. */
  readonly missing?: () => Promise<string | undefined>;
  readonly run: (scenario: Scenario, variant: string, other: Scenario) => Promise<Outcome>;
}

type Outcome = Pick<CaseResult, 'first' | 'second' | 'writes' | 'failures'>;

const ARTIFACTS = [
  'npm:@ameideio/ameide-sdk-ts',
  'pypi:ameide-sdk-python',
  'go:github.com/ameideio/ameide-sdk-go',
  'oci:ameide-sdk-ts',
  'oci:ameide-sdk-go',
  'oci:ameide-sdk-python',
  'npm:@ameideio/configuration',
  'oci:configuration',
] as const;

export const SITUATIONS: readonly Situation[] = [
  {
    name: 'other-bytes',
    title: 'another commit has published the version before',
    scenarios: ['release'],
    variants: ARTIFACTS,
    run: otherBytes,
  },
  {
    name: 'other-bytes-race',
    title: 'another commit publishes the version while ours is on its way',
    scenarios: ['release'],
    variants: ARTIFACTS,
    run: otherBytesInRace,
  },
  {
    name: 'shallow',
    title: 'a clone without history; then with it',
    scenarios: ['next-dev'],
    variants: ['depth 1'],
    run: shallowClone,
  },
  {
    name: 'disk-full',
    title: 'the disk of the temporary folder is full',
    scenarios: ['release'],
    variants: ['16k', '128k', '512k', '2m'],
    missing: async () =>
      (await runs(['unshare', '-Urm', 'true'], tmpdir()))
        ? undefined
        : 'there is no way to mount a small file system here (unshare -Urm)',
    run: diskFull,
  },
  {
    name: 'secrets',
    title: 'tokens in output, command lines, environments of builds, stored files',
    scenarios: ['release', 'dev', 'next', 'next-dev'],
    variants: ['the real builds'],
    run: async ({ secrets }) => ({
      first: [0],
      second: 0,
      writes: 0,
      failures: secrets.found.map((where) => `a token is shown: ${where}`),
    }),
  },
];

/** Runs one case of a situation. */
export async function runSituation(
  situation: Situation,
  one: Case,
  scenario: Scenario,
  other: Scenario,
): Promise<CaseResult> {
  const start = performance.now();
  const outcome = await situation.run(scenario, one.variant ?? '', other);
  return { ...one, ...outcome, ms: Math.round(performance.now() - start) };
}

function idIn({ env }: World, artifact: string): string {
  return artifact.replace(/^oci:/, `oci:${env['OCI_PREFIX']}/`);
}

async function otherBytes(scenario: Scenario, artifact: string, other: Scenario): Promise<Outcome> {
  await using world = await openWorld();
  const only = [idIn(world, artifact)];
  world.begin();
  const seeded = await runHere({ ...other, world }, { only });
  const theirs = await takeSnapshot(world.registries);
  world.begin();
  const first = await runHere({ ...scenario, world });
  return await afterConflict(scenario, world, { seeded, theirs, first });
}

/** Publishes the other commit's artifact when our first write of a version of it arrives. */
async function otherBytesInRace(
  scenario: Scenario,
  artifact: string,
  other: Scenario,
): Promise<Outcome> {
  await using world = await openWorld();
  const only = [idIn(world, artifact)];
  const at = RACE[artifact] ?? '';
  let seeded: RunResult = { exitCode: null, output: 'it was never begun' };
  let theirs: Snapshot = {};
  let isBegun = false;
  world.begin({
    async fault({ label }) {
      if (isBegun || !label.includes(at)) return undefined;
      isBegun = true;
      seeded = await runHere({ ...other, world }, { only });
      theirs = await takeSnapshot(world.registries);
      return undefined;
    },
  });
  const first = await runHere({ ...scenario, world });
  // The run that lost the race had begun to write.
  world.begin();
  return await afterConflict(scenario, world, { seeded, theirs, first });
}

/** The request of ours before which the other commit publishes its version. */
const RACE: Readonly<Record<string, string>> = {
  'npm:@ameideio/ameide-sdk-ts': 'PUT @ameideio/ameide-sdk-ts',
  'pypi:ameide-sdk-python': 'POST legacy/',
  'go:github.com/ameideio/ameide-sdk-go': 'git-receive-pack',
  'oci:ameide-sdk-ts': 'PUT ameide-sdk-ts/manifests/0.1.0',
  'oci:ameide-sdk-go': 'PUT ameide-sdk-go/manifests/0.1.0',
  'oci:ameide-sdk-python': 'PUT ameide-sdk-python/manifests/0.1.0',
  'npm:@ameideio/configuration': 'PUT @ameideio/configuration',
  'oci:configuration': 'PUT configuration/manifests/0.1.0',
};

interface Conflict {
  /** The other commit's run, and what it left. */
  readonly seeded: RunResult;
  readonly theirs: Snapshot;
  readonly first: RunResult;
}

/** Both runs report the conflict, and what the other commit published never changes. */
async function afterConflict(
  scenario: Scenario,
  world: World,
  { first, seeded, theirs }: Conflict,
): Promise<Outcome> {
  const second = await runHere({ ...scenario, world });
  const writes = world.log.filter(({ run, request }) => run === 2 && request.mutating).length;
  const after = await takeSnapshot(world.registries);
  const changed = Object.keys(theirs).filter(
    (name) => isImmutable(name) && after[name] !== theirs[name] && !isTagOfRace(name, first),
  );
  return {
    first: [first.exitCode],
    second: second.exitCode,
    writes,
    failures: [
      ...expected('the other commit', seeded, [0]),
      ...expected('our run', first, [4]),
      ...expected('our next run', second, [4]),
      ...(writes > 0 ? [`a conflict sends ${writes} writing requests`] : []),
      ...changed.map((name) => `${name} has changed`),
    ],
  };
}

/** An OCI registry has no compare-and-swap: of two tags that are on their way, the later wins. */
function isTagOfRace(name: string, { report }: RunResult): boolean {
  const written = report?.artifacts.some(({ outcome }) => outcome === 'published') === true;
  return name.startsWith('oci:') && written;
}

/** Refused before anything is asked: nobody would know which pointers may move. */
async function shallowClone(scenario: Scenario): Promise<Outcome> {
  await using world = await openWorld(scenario.base);
  const directory = join(world.temporary, 'clone');
  const from = `file://${scenario.directory}`;
  await must(['git', 'clone', '--quiet', '--depth=1', from, directory], { cwd: world.temporary });
  // The definition names its repository, and refuses a clone of any other.
  await must(['git', 'remote', 'set-url', 'origin', REPOSITORY], { cwd: directory });
  const input = { ...scenario, world, directory };
  return await twice(scenario, input, {
    exits: [2],
    first: async () => runCommand(input),
    repair: async () => {
      const fetch = ['git', 'fetch', '--quiet', '--unshallow', '--tags', from] as const;
      await must(fetch, { cwd: directory });
    },
  });
}

async function diskFull(scenario: Scenario, size: string): Promise<Outcome> {
  await using world = await openWorld(scenario.base);
  const small = await mkdtemp(join(tmpdir(), 'ameide-small-'));
  const input = { ...scenario, world };
  const outcome = await twice(scenario, input, {
    exits: [0, 3],
    first: async () => runCommand(input, { env: { TMPDIR: small }, inside: mounted(size, small) }),
  });
  await rm(small, { recursive: true });
  return outcome;
}

/** The words before a command that give it a file system of this size in a folder. */
function mounted(size: string, folder: string): readonly string[] {
  const script = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';
  return ['unshare', '-Urm', 'sh', '-c', script, 'sh', size, folder];
}

interface Twice {
  readonly exits: readonly number[];
  readonly first: () => Promise<RunResult>;
  readonly repair?: () => Promise<void>;
}

/** The disturbed run, then two that are not. */
async function twice(scenario: Scenario, input: RunInput, given: Twice): Promise<Outcome> {
  const { world } = input;
  world.begin();
  const first = await given.first();
  await given.repair?.();
  world.begin();
  const second = await runHere(input);
  const after = await takeSnapshot(world.registries);
  world.begin();
  const third = await runHere(input);
  const writes = world.log.filter(({ run, request }) => run === 3 && request.mutating).length;
  const wrong = Object.keys(scenario.clean).filter((name) => after[name] !== scenario.clean[name]);
  return {
    first: [first.exitCode],
    second: second.exitCode,
    writes,
    failures: [
      ...expected('the disturbed run', first, given.exits),
      ...expected('the next run', second, [0]),
      ...expected('one further run', third, [0]),
      ...wrong.map((name) => `${name} names ${after[name] ?? 'nothing'}`),
      ...(writes === 0 ? [] : [`one further run sends ${writes} writing requests`]),
    ],
  };
}
