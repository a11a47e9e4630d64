import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createMeter, measure } from './meter.ts';
import { missing, type Peers } from './peers.ts';
import { profileOptions, readProfile, type Share, sharesOf } from './profile.ts';
import type { RegistryProcess } from './registries.ts';
import {
  type Absent,
  type AllRounds,
  OURS,
  type Result,
  type RoundResult,
  resultOf,
} from './result.ts';
import type { Ours, Peer, Place, Scenario, Side } from './scenario.ts';

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

interface Prepared {
  readonly recipe: Ours | Peer;
  readonly name: string;
  readonly side: Side;
  readonly place: Place;
}

/** Prepares every side that can run here, then runs them in turn: `pairs` times for each delay. */
export async function runScenario(
  scenario: Scenario,
  bench: Bench,
  pairs: number,
): Promise<Result> {
  const folder = join(bench.folder, scenario.name);
  const sides: Prepared[] = [];
  const absent: Absent[] = [];
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
    const count = Math.min(pairs, scenario.mostPairs ?? pairs);
    const taken = await rounds(scenario, sides, bench, count);
    return {
      ...resultOf(scenario, taken, absent),
      profile: await profileOf(scenario, sides[0], bench, count),
    };
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
  { delays }: Scenario,
  ours: Prepared,
  bench: Bench,
  pairs: number,
): Promise<readonly Share[]> {
  const folder = await mkdtemp(join(bench.folder, 'profile-'));
  const environment = { ...bench.environment, NODE_OPTIONS: profileOptions(folder) };
  const count = 1 + delays.length * pairs;
  const { ms } = await round(ours, bench, count, delays.at(-1) ?? 0, environment);
  const profile = await readProfile(folder, MAIN);
  await rm(folder, { recursive: true, force: true });
  if (profile === undefined) throw new Error('our command wrote no profile');
  return sharesOf(profile, ms);
}

function withoutOurs({ work }: Scenario, reason: string): Result {
  return { rows: [{ kind: 'missing', work, peer: OURS, reason }], facts: [], profile: [] };
}
