import { type Problem, type ProblemKind, problem } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { type Answer, createPace, inTurn, type MoveDecision, movePointer } from '../src/index.ts';

const OURS = 5;

const trouble = (code: string, kind: ProblemKind = 'incomplete'): Problem =>
  problem({ code, kind, message: code });

/** What a registry does with the n-th write, counted from 1. */
type OnWrite = 'stores' | 'ignores' | '503' | '503, stored' | 'resets' | 'resets, stored' | '403';

/** A fake registry with one pointer. It names a version, a number; 5 is ours. */
interface World {
  /** Undefined: there is no such pointer. */
  readonly start: number | undefined;
  /** Default: stores. The last is for all that follow. */
  readonly writes?: readonly OnWrite[];
  /** So many reads after a write show what was there before it. */
  readonly cachedReads?: number;
  /** Reads of these numbers, counted from 1, are not answered. */
  readonly unread?: (read: number) => boolean;
  /** What another run sets right before the read of this number. */
  readonly others?: (read: number) => number | undefined;
  readonly decide?: (current: number | undefined) => MoveDecision;
  readonly compareAndSwap?: boolean;
  readonly isShared?: boolean;
  readonly freshMs?: number;
  /** How long each decision takes, in milliseconds. */
  readonly decideMs?: number;
  /** So long before the first call, in milliseconds, what it returns was read. */
  readonly earlyMs?: number;
  /** How long each write takes, in milliseconds. */
  readonly writeMs?: number;
  /** How long each read waits for its turn, in milliseconds. */
  readonly waitsMs?: number;
  /** What the registry has that is newer. */
  readonly overtaken?: Problem;
  /** What this run read before, for something else: the first read returns it. */
  readonly earlier?: number;
  /** With compare-and-swap: what another run sets right before the write of this number. */
  readonly beforeWrite?: (write: number) => number | undefined;
}

async function move(world: World) {
  const { writes = ['stores'], cachedReads = 0 } = world;
  const steps: string[] = [];
  let [value, shown, cached, reads, sends, waited] = [world.start, world.start, 0, 0, 0, 0];
  let time = 0;
  const decided = new Set<number | undefined>();
  const overwritten: (number | undefined)[] = [];

  const answer = (on: OnWrite): Answer<Problem> => {
    if (on === 'stores' || on === 'ignores') return { state: 'accepted' };
    if (on === '403')
      return {
        state: 'not-processed',
        again: false,
        reason: trouble('forbidden', 'authentication'),
      };
    const state = on.startsWith('503') ? 'denied' : 'doubtful';
    return { state, again: true, reason: trouble(on.startsWith('503') ? 'busy' : 'network') };
  };
  const pace = createPace(new AbortController().signal, {
    sleep: async (ms) => {
      waited += ms;
      steps.push('wait');
    },
    random: () => 0,
    now: () => time,
  });
  const result = await movePointer<number>(
    {
      async read() {
        time += world.waitsMs ?? 0;
        await inTurn('https://registry.example', async () => undefined);
        reads++;
        steps.push('read');
        if (reads === 1 && world.earlier !== undefined)
          return { current: world.earlier, isEarlier: true };
        const theirs = world.others?.(reads);
        if (theirs !== undefined) [value, cached] = [theirs, 0];
        if (world.unread?.(reads) === true) return { problem: trouble('unreadable') };
        const current = cached-- > 0 ? shown : value;
        return reads === 1 && world.earlyMs !== undefined
          ? { current, readAt: time - world.earlyMs }
          : { current };
      },
      key: String,
      isSet: (current) => current === OURS,
      async decide(current) {
        decided.add(current);
        steps.push('decide');
        time += world.decideMs ?? 0;
        if (world.decide !== undefined) return world.decide(current);
        const from = current === undefined ? undefined : String(current);
        if (current === OURS) return { outcome: 'already', from };
        return { outcome: current === undefined || current < OURS ? 'move' : 'superseded', from };
      },
      ...(world.compareAndSwap === true ? { compareAndSwap: true } : {}),
      ...(world.isShared === true ? { isShared: true } : {}),
      ...(world.freshMs === undefined
        ? {}
        : { freshMs: world.freshMs, beforeLastLook: () => void steps.push('last') }),
      async send(over) {
        const on = writes[Math.min(sends++, writes.length - 1)] ?? 'stores';
        steps.push('send');
        time += world.writeMs ?? 0;
        value = world.beforeWrite?.(sends) ?? value;
        if (world.compareAndSwap === true && value !== over)
          return { state: 'denied', again: true, reason: trouble('stale') };
        if (on === 'stores' || on.endsWith('stored')) {
          overwritten.push(value);
          [shown, value, cached] = [value, OURS, cachedReads];
        }
        return answer(on);
      },
      unconfirmed: (why) => trouble(`unconfirmed ${why}`, 'unknown'),
      contended: () => trouble('contended'),
      async overtaken() {
        steps.push('newer?');
        return world.overtaken;
      },
    },
    pace,
  );
  return { result, value, sends, reads, waited, steps: steps.join(' '), decided, overwritten };
}

describe('a pointer that nobody else moves', () => {
  test.each<[string, World, object, string]>([
    [
      'does not exist: it is set, and read back',
      { start: undefined },
      { outcome: 'moved' },
      'read decide send read',
    ],
    [
      'names something older: it is read again before it is set',
      { start: 3 },
      { outcome: 'moved', from: '3' },
      'read decide read send read',
    ],
    ['names ours already', { start: 5 }, { outcome: 'already', from: '5' }, 'read decide'],
    ['names something newer', { start: 7 }, { outcome: 'superseded', from: '7' }, 'read decide'],
    [
      'may not be moved',
      { start: 3, decide: () => ({ outcome: 'blocked', from: '3', problem: trouble('ancestry') }) },
      { outcome: 'blocked', from: '3', problem: trouble('ancestry') },
      'read decide',
    ],
    [
      'cannot be read: nothing is written',
      { start: 3, unread: () => true },
      { outcome: 'blocked', problem: trouble('unreadable') },
      'read',
    ],
    [
      'cannot be read before it is set: nothing is written',
      { start: 3, unread: (read) => read === 2 },
      { outcome: 'blocked', from: '3', problem: trouble('unreadable') },
      'read decide read',
    ],
    [
      'may not be set by this token',
      { start: 3, writes: ['403'] },
      { outcome: 'blocked', from: '3', problem: trouble('forbidden', 'authentication') },
      'read decide read send',
    ],
    [
      'is set after 503',
      { start: 3, writes: ['503', 'stores'] },
      { outcome: 'moved', from: '3' },
      'read decide read send read wait send read',
    ],
    [
      'was set, and the answer was 503',
      { start: 3, writes: ['503, stored'] },
      { outcome: 'moved', from: '3' },
      'read decide read send read',
    ],
    [
      'was set, and the answer was lost',
      { start: 3, writes: ['resets, stored'] },
      { outcome: 'moved', from: '3' },
      'read decide read send read',
    ],
    [
      'is not set: 503 each time',
      { start: 3, writes: ['503'] },
      { outcome: 'blocked', from: '3', problem: trouble('busy') },
      'read decide read send read wait send read wait send read wait read',
    ],
    [
      'is not seen set: no answer each time',
      { start: 3, writes: ['resets'] },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-shown', 'unknown') },
      'read decide read send read wait send read wait send read wait read',
    ],
    [
      'was set, and cannot be read any more',
      { start: 3, unread: (read) => read > 2 },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-read', 'unknown') },
      'read decide read send read',
    ],
    [
      'cannot be read after an answer that was lost',
      { start: 3, writes: ['resets, stored'], unread: (read) => read > 2 },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-read', 'unknown') },
      'read decide read send read',
    ],
    [
      'is accepted, and a cache shows the old one for a moment: set once',
      { start: 3, cachedReads: 2 },
      { outcome: 'moved', from: '3' },
      'read decide read send read wait read wait read',
    ],
    [
      'is accepted by a registry that does nothing: set once, and not called moved',
      { start: 3, writes: ['ignores'] },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-shown', 'unknown') },
      'read decide read send read wait read wait read wait read',
    ],
    [
      'does not exist, and the registry does nothing: set once, and not called moved',
      { start: undefined, writes: ['ignores'] },
      { outcome: 'blocked', problem: trouble('unconfirmed not-shown', 'unknown') },
      'read decide send read wait read wait read wait read',
    ],
  ])('%s', async (_title, world, result, steps) => {
    const { result: got, steps: took } = await move(world);
    expect([got, took]).toEqual([result, steps]);
  });
});

describe('a pointer that other runs move', () => {
  test.each<[string, World, object, number | undefined]>([
    [
      'a newer one comes before the write: nothing is written over it',
      { start: 3, others: (read) => (read === 2 ? 7 : undefined) },
      { outcome: 'superseded', from: '7' },
      7,
    ],
    [
      'an older one comes before the write: it is decided on anew',
      { start: 3, others: (read) => (read === 2 ? 4 : undefined) },
      { outcome: 'moved', from: '4' },
      5,
    ],
    [
      'an older one comes after the write: it is set again',
      { start: 3, others: (read) => (read === 3 ? 4 : undefined) },
      { outcome: 'moved', from: '4' },
      5,
    ],
    [
      'a newer one comes after the write: it stays',
      { start: 3, others: (read) => (read === 3 ? 7 : undefined) },
      { outcome: 'superseded', from: '7' },
      7,
    ],
    [
      'a newer one comes while an answer is lost: it stays',
      { start: 3, writes: ['resets'], others: (read) => (read === 3 ? 7 : undefined) },
      { outcome: 'superseded', from: '7' },
      7,
    ],
    [
      'another one sets ours',
      { start: 3, others: (read) => (read === 2 ? 5 : undefined) },
      { outcome: 'already', from: '5' },
      5,
    ],
  ])('%s', async (_title, world, result, value) => {
    const run = await move(world);
    expect([run.result, run.value]).toEqual([result, value]);
  });

  test('each time: given up in bounded steps, and said', async () => {
    const run = await move({
      start: 3,
      others: (read) => (read % 2 === 1 ? (read % 4 === 3 ? 4 : 2) : undefined),
    });
    expect(run.result).toMatchObject({ outcome: 'blocked', problem: { code: 'contended' } });
    expect(run.sends).toBe(4);
  });
});

describe('a pointer with compare-and-swap', () => {
  const compareAndSwap = true;
  test.each<[string, World, object, string]>([
    [
      'is not read again before the write, and is read back',
      { start: 3 },
      { outcome: 'moved', from: '3' },
      'read decide send read',
    ],
    [
      'was read before, and may move: it is not read again',
      { start: 3, earlier: 3 },
      { outcome: 'moved', from: '3' },
      'read decide send read',
    ],
    [
      'was read before, and named ours: it is read again, and names something newer',
      { start: 7, earlier: 5 },
      { outcome: 'superseded', from: '7' },
      'read decide read decide',
    ],
    [
      'was read before, and named something newer: it is read again, and may move',
      { start: 3, earlier: 7 },
      { outcome: 'moved', from: '3' },
      'read decide read decide send read',
    ],
    [
      'accepts each write and undoes it: nobody says that it moved',
      { start: 3, writes: ['ignores'] },
      { outcome: 'blocked', from: '3', problem: expect.objectContaining({ kind: 'unknown' }) },
      'read decide send read wait read wait read wait read',
    ],
    [
      'a newer one comes before the write: it is decided again, and stays',
      { start: 3, beforeWrite: () => 7 },
      { outcome: 'superseded', from: '7' },
      'read decide send read read decide',
    ],
    [
      'an older one comes before the write: it is decided again, and set',
      { start: 3, beforeWrite: (write) => (write === 1 ? 4 : undefined) },
      { outcome: 'moved', from: '4' },
      'read decide send read read decide send read',
    ],
    [
      'was set, and the answer was lost',
      { start: 3, writes: ['resets, stored'] },
      { outcome: 'moved', from: '3' },
      'read decide send read',
    ],
    [
      'may have been set, and cannot be read any more',
      { start: 3, writes: ['resets'], unread: (read) => read > 1 },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-read', 'unknown') },
      'read decide send read',
    ],
    [
      'another one comes each time: given up',
      { start: 3, beforeWrite: (write) => (write % 2 === 0 ? 3 : 4) },
      { outcome: 'blocked', from: '3', problem: trouble('contended') },
      `${'read decide send read '.repeat(4)}read decide`,
    ],
  ])('%s', async (_title, world, result, steps) => {
    const { result: got, steps: took } = await move({ compareAndSwap, ...world });
    expect([got, took]).toEqual([result, steps]);
  });
});

describe('a pointer that other runs move, too, is watched after the write', () => {
  const isShared = true;
  const watched = 'wait read wait read';
  const older = (at: number) => (read: number) => (read === at ? 4 : undefined);
  const newer = (at: number) => (read: number) => (read === at ? 7 : undefined);
  test.each<[string, World, object, string]>([
    [
      'nobody moves it',
      { start: 3 },
      { outcome: 'moved', from: '3' },
      `read decide read send read ${watched}`,
    ],
    [
      'it did not exist, and the answer was lost',
      { start: undefined, writes: ['resets, stored'] },
      { outcome: 'moved' },
      `read decide send read ${watched}`,
    ],
    [
      'an older run that had decided before us writes while it is watched: it is set again, and watched again',
      { start: 3, others: older(5) },
      { outcome: 'moved', from: '4' },
      `read decide read send read wait read wait read decide read send read ${watched}`,
    ],
    [
      'a newer run writes while it is watched: it stays',
      { start: 3, others: newer(5) },
      { outcome: 'superseded', from: '7' },
      `read decide read send read ${watched} decide`,
    ],
    [
      'a registry whose servers disagree shows the old one again: it is set again',
      { start: 3, others: (read) => (read === 4 ? 3 : undefined) },
      { outcome: 'moved', from: '3' },
      `read decide read send read wait read decide read send read ${watched}`,
    ],
    [
      'it cannot be read while it is watched',
      { start: 3, unread: (read) => read > 4 },
      { outcome: 'blocked', from: '3', problem: trouble('unconfirmed not-read', 'unknown') },
      'read decide read send read wait read wait read',
    ],
    [
      'it names ours already, set by a run that watches it',
      { start: 5 },
      { outcome: 'already', from: '5' },
      'read decide',
    ],
    [
      'compare-and-swap needs no watching',
      { start: 3, compareAndSwap: true },
      { outcome: 'moved', from: '3' },
      'read decide send read',
    ],
  ])('%s', async (_title, world, result, steps) => {
    const { result: got, steps: took } = await move({ isShared, ...world });
    expect([got, took]).toEqual([result, steps]);
  });

  const unknown = { outcome: 'blocked', from: '7', problem: trouble('ancestry') } as const;
  const decide =
    (isNotOlder: boolean): NonNullable<World['decide']> =>
    (current) =>
      current === 7 ? { ...unknown, isNotOlder } : { outcome: 'move', from: String(current) };

  test('what our whole history does not have supersedes us, if it comes after our write', async () => {
    const { result } = await move({ isShared, start: 3, others: newer(4), decide: decide(true) });
    expect(result).toEqual({ outcome: 'superseded', from: '7' });
  });

  test.each([
    ['it was there before', 1, true],
    ['it may be older', 4, false],
  ])('but blocks us if %s', async (_title, at, isNotOlder) => {
    const world = { isShared, start: 3, others: newer(at), decide: decide(isNotOlder) };
    expect((await move(world)).result).toEqual(unknown);
  });

  const overtaken = trouble('overtaken');

  test.each<[string, World, object, string]>([
    [
      'at most two seconds after the read: nobody can have ended meanwhile',
      { start: 3, writeMs: 2000, overtaken },
      { outcome: 'moved', from: '3' },
      `read decide read send read ${watched}`,
    ],
    [
      'in time, after a read that waited long for its turn',
      { start: 3, writeMs: 2000, waitsMs: 60_000, overtaken },
      { outcome: 'moved', from: '3' },
      `read decide read send read ${watched}`,
    ],
    [
      'later, and nothing newer is published',
      { start: 3, writeMs: 2001 },
      { outcome: 'moved', from: '3' },
      `read decide read send read ${watched} newer?`,
    ],
    [
      'later, and something newer is published: it is not called moved',
      { start: 3, writeMs: 2001, overtaken },
      { outcome: 'blocked', from: '3', problem: overtaken },
      `read decide read send read ${watched} newer?`,
    ],
    [
      'later, and the newer run still watches: it is superseded',
      { start: 3, writeMs: 2001, overtaken, others: newer(4) },
      { outcome: 'superseded', from: '7' },
      'read decide read send read wait read decide',
    ],
    [
      'later, where there was no pointer, and no answer',
      { start: undefined, writeMs: 2001, overtaken, writes: ['resets, stored'] },
      { outcome: 'blocked', problem: overtaken },
      `read decide send read ${watched} newer?`,
    ],
    [
      'later, of a name that no other run moves',
      { start: 3, isShared: false, writeMs: 2001 },
      { outcome: 'moved', from: '3' },
      'read decide read send read newer?',
    ],
  ])('a write that takes effect %s', async (_title, world, result, steps) => {
    const { result: got, steps: took } = await move({ isShared, ...world });
    expect([got, took]).toEqual([result, steps]);
  });

  test('two seconds, and no part of the limit for waiting', async () => {
    const { waited } = await move({ isShared, start: 3 });
    expect(waited).toBe(2000);
  });
});

test('whatever the registry and other runs do: true results, no writing over what was not decided on', async () => {
  const kinds: readonly OnWrite[] = [
    'stores',
    'ignores',
    '503',
    '503, stored',
    'resets',
    'resets, stored',
    '403',
  ];
  const pairs = kinds.flatMap((one) => kinds.map((two) => [one, two] as const));
  let count = 0;
  for (const isShared of [false, true])
    for (const [start, writes] of [undefined, 3, 5, 7].flatMap((one) =>
      pairs.map((two) => [one, two] as const),
    ))
      for (const cachedReads of [0, 1, 9])
        for (const theirs of [2, 4, 7])
          for (const at of [1, 2, 3, 4, 5, 6, 0]) {
            const world = {
              isShared,
              start,
              writes,
              cachedReads,
              others: (n: number) => (n === at ? theirs : undefined),
            };
            const run = await move(world);
            const about = JSON.stringify({
              isShared,
              start,
              writes,
              cachedReads,
              theirs,
              at,
              ...run,
            });
            expect(run.reads, about).toBeLessThan(30);
            expect(run.waited, about).toBeLessThanOrEqual(isShared ? 160_000 : 150_000);
            if (run.result.outcome === 'moved') expect(run.value, about).toBe(OURS);
            if (run.result.outcome === 'superseded') expect(run.value, about).toBe(7);
            // Its own write may be repeated where a cache hides it.
            for (const over of run.overwritten) {
              expect(over === OURS || run.decided.has(over), about).toBe(true);
              expect(over ?? 0, about).toBeLessThanOrEqual(OURS);
            }
            count++;
          }
  expect(count).toBe(2 * 4 * 49 * 3 * 3 * 7);
});

describe('a pointer that was read recently enough', () => {
  test.each<[string, Omit<World, 'start' | 'isShared' | 'freshMs'>, string]>([
    ['is not read again, whatever the decision has read', { decideMs: 999 }, 'read decide send'],
    ['is read again when it is older', { decideMs: 1000 }, 'read decide read send'],
    ['was read before', { earlyMs: 999 }, 'read decide send'],
    ['was read too long before', { earlyMs: 1000 }, 'read decide read send'],
    [
      'was read before, and then decided on',
      { earlyMs: 500, decideMs: 500 },
      'read decide read send',
    ],
  ])('%s', async (_title, world, steps) => {
    for (const start of [3, undefined]) {
      const moved = await move({ start, ...world, isShared: true, freshMs: 1000 });
      expect(moved.result.outcome).toBe('moved');
      expect(moved.steps).toBe(`${steps} read wait read wait last read`);
    }
  });

  test('a write is late by when that was, not by when it was asked for', async () => {
    const late = { earlyMs: 900, writeMs: 1101 };
    const world = { start: 3, isShared: true, freshMs: 1000, overtaken: trouble('overtaken') };
    expect((await move({ ...world, ...late })).result).toMatchObject({ outcome: 'blocked' });
    const inTime = await move({ ...world, ...late, writeMs: 1100 });
    expect(inTime.result).toMatchObject({ outcome: 'moved' });
  });

  test('another run sets it during the watch: it is read for the last time once more', async () => {
    const others = (read: number) => (read === 4 ? 4 : undefined);
    const moved = await move({ start: 3, isShared: true, freshMs: 1000, others });
    expect(moved.steps).toBe(
      'read decide send read wait read wait last read decide send read wait read wait last read',
    );
  });
});
