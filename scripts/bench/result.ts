import { WATCH_MS } from '@ameide/publisher-kit';
import type { Measured } from './meter.ts';
import type { Share } from './profile.ts';
import type { Row } from './row.ts';
import type { Scenario } from './scenario.ts';
import { type Counts, REGISTRIES } from './servers.ts';
import { median, ratios } from './statistics.ts';

/** The name of our own side. */
export const OURS = 'ours';

/** What one side used in one round. */
export interface RoundResult extends Measured {
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

/** A peer that cannot run here. */
export interface Absent {
  readonly peer: string;
  readonly reason: string;
}

/** The results by delay, and by the name of a side. */
export type AllRounds = ReadonlyMap<number, ReadonlyMap<string, readonly RoundResult[]>>;

/** Compares our side with the others, and says what each of them used. */
export function resultOf(
  scenario: Scenario,
  all: AllRounds,
  absent: readonly Absent[],
): Omit<Result, 'profile'> {
  const facts = factsOf(scenario, all);
  return {
    facts,
    rows: [
      ...scenario.delays.flatMap((delay) => ratioRows(scenario, all.get(delay), delay)),
      ...amountRows(scenario, facts[0]),
      ...absent.map(
        ({ peer, reason }): Row => ({
          kind: 'missing',
          work: scenario.work,
          peer,
          reason,
        }),
      ),
    ],
  };
}

function ratioRows(
  { delays, peers, watches = false, work }: Scenario,
  taken: ReadonlyMap<string, readonly RoundResult[]> | undefined,
  delay: number,
): readonly Row[] {
  const named = delays.length === 1 && delay === 0 ? work : `${work}, +${delay} ms`;
  const ours = taken?.get(OURS) ?? [];
  return peers.flatMap(({ goals, name }): readonly Row[] => {
    const theirs = taken?.get(name)?.map(({ ms }) => ms);
    if (theirs === undefined) return [];
    const goal = goals?.[delay];
    const waiting = waitingMs(ours.at(-1)?.serial ?? 0, delay, watches);
    return [
      {
        kind: 'ratio',
        work: named,
        peer: name,
        ratio: ratios(
          ours.map(({ ms }) => ms),
          theirs,
        ),
        ...(waiting === 0 ? {} : { waiting: waiting / median(theirs) }),
        ...(goal === undefined ? {} : { goal }),
      },
    ];
  });
}

/**
 * How long our side waits for answers that are delayed and for the watch over what it has moved: no
 * processor makes that shorter. Without a delay, requests that do not wait for one another look serial,
 * too, so their number says nothing of the time.
 */
export function waitingMs(serial: number, delayMs: number, watches: boolean): number {
  return serial * delayMs + (watches ? WATCHED_MS : 0);
}

export const WATCHED_MS = WATCH_MS.reduce((sum, one) => sum + one, 0);

function factsOf({ delays }: Scenario, all: AllRounds): readonly Fact[] {
  const delayMs = delays.at(-1) ?? 0;
  return [...(all.get(delayMs) ?? [])].flatMap(([name, taken]): readonly Fact[] => {
    const last = taken.at(-1);
    if (last === undefined) return [];
    const middle = (of: (one: RoundResult) => number): number => median(taken.map(of));
    const [peakMiB, cpuMs] = [middle((one) => one.peakMiB), middle((one) => one.cpuMs)];
    return [{ ...last, name, delayMs, ms: middle(({ ms }) => ms), cpuMs, peakMiB }];
  });
}

function amountRows(
  { peakGoalMiB, requestGoals = {}, work }: Scenario,
  ours: Fact | undefined,
): readonly Row[] {
  const requests = REGISTRIES.flatMap((what): readonly Row[] => {
    const [goal, amount] = [requestGoals[what], ours?.requests[what]];
    return goal === undefined || amount === undefined
      ? []
      : [{ kind: 'amount', work, what, amount, unit: 'requests', goal }];
  });
  if (peakGoalMiB === undefined) return requests;
  const peak = { amount: ours?.peakMiB ?? 0, unit: 'MiB', goal: peakGoalMiB } as const;
  return [...requests, { kind: 'amount', work, what: 'peak', ...peak }];
}
