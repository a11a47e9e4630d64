import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMeter, type Measured, measure } from './meter.ts';
import { missing, type Peers } from './peers.ts';
import { profileOptions, readProfile, type Share, sharesOf } from './profile.ts';
import type { RegistryProcess } from './registries.ts';
import type { Row } from './row.ts';
import type { Ours, Peer, Place, Scenario, Side } from './scenario.ts';
import { type Counts, REGISTRIES } from './servers.ts';
import { median, ratios } from './statistics.ts';

export interface Bench {
  /** A folder below the one with the installed packages. */
  readonly folder: string;
  readonly command: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly peers: Peers;
  readonly registries: RegistryProcess;
  /** Throws if the user wants to stop. */
  checkStopped(): void;
}

/** What one side used in one round. */
interface RoundResult extends Measured {
  readonly requests: Counts;
  /** The length of the longest chain of requests that waited for one another. */
  readonly serial: number;
}

export interface Result {
  readonly rows: readonly Row[];
  readonly facts: readonly Fact[];
  /** What the main thread of ours did in one more run, with the longest delay. */
  readonly profile: readonly Share[];
}

/** What a side uses with the longest delay: the requests of its last run, and the medians of the rest. */
export interface Fact extends RoundResult {
  readonly name: string;
  readonly delayMs: number;
}

interface Prepared {
  readonly recipe: Ours | Peer;
  readonly name: string;
  readonly side: Side;
  readonly place: Place;
}

/** The name of our own side. */
export const OURS = 'ours';

/** Prepares every side that can run here, then runs them in turn: `pairs` times for each delay. */
export async function runScenario(
  scenario: Scenario,
  bench: Bench,
  pairs: number,
): Promise<Result> {
  const folder = join(bench.folder, scenario.name);
  const sides: Prepared[] = [];
  const absent: { readonly peer: string; readonly reason: string }[] = [];
  try {
    for (const [name, recipe] of [
      [OURS, scenario.ours] as const,
      ...scenario.peers.map((peer) => [peer.name, peer] as const),
    ]) {
      const reason = missing(recipe.needs ?? [], bench.peers);
      if (reason === undefined) sides.push(await prepare(name, recipe, folder, bench));
      else absent.push({ peer: name, reason });
    }
    if (sides[0]?.name !== OURS) return withoutOurs(scenario, absent[0]?.reason ?? '');
    const taken = await rounds(
      scenario,
      sides,
      bench,
      Math.min(pairs, scenario.mostPairs ?? pairs),
    );
    const profile = await profileOf(scenario, sides[0], bench, pairs);
    return { ...resultOf(scenario, sides, taken, absent), profile };
  } finally {
    await Promise.allSettled(sides.map(({ place }) => place.registries.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(
  name: string,
  recipe: Ours,
  folder: string,
  { command, environment, registries }: Bench,
): Promise<Prepared> {
  const own = join(folder, name.replaceAll(/\W+/g, '-'));
  await mkdir(own, { recursive: true });
  const place: Place = {
    folder: own,
    registries: await registries.start(
      `${folder.split('/').at(-1)}-${name}`.replaceAll(/\W+/g, '-'),
    ),
    command,
    run: createMeter(environment).run,
  };
  return { recipe, name, place, side: await recipe.prepare(place) };
}

/** The results by delay, and by the name of a side. */
type AllRounds = ReadonlyMap<number, ReadonlyMap<string, readonly RoundResult[]>>;

async function rounds(
  { delays, mostPairs }: Scenario,
  sides: readonly Prepared[],
  bench: Bench,
  pairs: number,
): Promise<AllRounds> {
  // Warms up, unless a round takes minutes.
  if (mostPairs !== 1) for (const prepared of sides) await round(prepared, bench, 0, 0);
  const taken = new Map<number, Map<string, RoundResult[]>>();
  let count = 0;
  for (const delay of delays) {
    const ofDelay = new Map(sides.map(({ name }): [string, RoundResult[]] => [name, []]));
    taken.set(delay, ofDelay);
    for (let pair = 0; pair < pairs; pair += 1) {
      count += 1;
      for (const prepared of sides)
        ofDelay.get(prepared.name)?.push(await round(prepared, bench, count, delay));
    }
  }
  return taken;
}

async function round(
  { name, place, side }: Prepared,
  bench: Bench,
  count: number,
  delay: number,
  environment = bench.environment,
): Promise<RoundResult> {
  bench.checkStopped();
  try {
    await side.before?.(count);
    await place.registries.traffic();
    await bench.registries.delay(delay);
    const measured = await measure(environment, (meter) => side.run(meter, count));
    await bench.registries.delay(0);
    const { serial, requests } = await place.registries.traffic();
    await side.check?.(count);
    return { ...measured, requests, serial };
  } catch (error) {
    bench.checkStopped();
    throw new Error(`${name} failed in round ${count}`, { cause: error });
  }
}

/** The end of the path of our command's main file. */
const MAIN = '/@ameide/release/bundle/bin.js';

/** Runs our side once more, sampled. Throws if it wrote no profile. */
async function profileOf(
  { delays, mostPairs }: Scenario,
  ours: Prepared,
  bench: Bench,
  pairs: number,
): Promise<readonly Share[]> {
  const folder = await mkdtemp(join(bench.folder, 'profile-'));
  const environment = { ...bench.environment, NODE_OPTIONS: profileOptions(folder) };
  const count = 1 + delays.length * Math.min(pairs, mostPairs ?? pairs);
  const { ms } = await round(ours, bench, count, delays.at(-1) ?? 0, environment);
  const profile = await readProfile(folder, MAIN);
  await rm(folder, { recursive: true, force: true });
  if (profile === undefined) throw new Error('our command wrote no profile');
  return sharesOf(profile, ms);
}

function withoutOurs({ work }: Scenario, reason: string): Result {
  return { rows: [{ kind: 'missing', work, peer: OURS, reason }], facts: [], profile: [] };
}

function resultOf(
  scenario: Scenario,
  sides: readonly Prepared[],
  all: AllRounds,
  absent: readonly { readonly peer: string; readonly reason: string }[],
): Omit<Result, 'profile'> {
  const { delays, peakGoalMiB, peers, requestGoals = {}, work } = scenario;
  const rows: Row[] = [];
  for (const delay of delays) {
    const taken = all.get(delay);
    const named = delays.length === 1 && delay === 0 ? work : `${work}, +${delay} ms`;
    for (const { goals, name } of peers) {
      const theirs = taken?.get(name)?.map(({ ms }) => ms);
      const ours = taken?.get(OURS)?.map(({ ms }) => ms);
      if (theirs === undefined || ours === undefined) continue;
      const goal = goals?.[delay];
      rows.push({
        kind: 'ratio',
        work: named,
        peer: name,
        ratio: ratios(ours, theirs),
        ...(goal === undefined ? {} : { goal }),
      });
    }
  }
  const delayMs = delays.at(-1) ?? 0;
  const facts = sides.flatMap(({ name }): Fact[] => {
    const taken = all.get(delayMs)?.get(name) ?? [];
    const last = taken.at(-1);
    if (last === undefined) return [];
    const middle = (of: (one: RoundResult) => number): number => median(taken.map(of));
    const [peakMiB, cpuMs] = [middle((one) => one.peakMiB), middle((one) => one.cpuMs)];
    return [{ ...last, name, delayMs, ms: middle(({ ms }) => ms), cpuMs, peakMiB }];
  });
  for (const registry of REGISTRIES) {
    const goal = requestGoals[registry];
    const amount = facts[0]?.requests[registry];
    if (goal !== undefined && amount !== undefined)
      rows.push({ kind: 'amount', work, what: registry, amount, unit: 'requests', goal });
  }
  if (peakGoalMiB !== undefined)
    rows.push({
      kind: 'amount',
      work,
      what: 'peak',
      amount: facts[0]?.peakMiB ?? 0,
      unit: 'MiB',
      goal: peakGoalMiB,
    });
  for (const { peer, reason } of absent) rows.push({ kind: 'missing', work, peer, reason });
  return { rows, facts };
}
