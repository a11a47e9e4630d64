import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failed, type Publisher, type PublisherDefinition, problem } from '@ameide/versioning-core';
import { expect, test, vi } from 'vitest';
import { createFakeWorld, type FakeOptions, fake } from '../fake-publisher.ts';
import { publish } from '../support/run.ts';

/** What a build has found. */
interface Seen {
  readonly name: string;
  /** The folder's name in the run's workspace. */
  readonly checkout: string;
  readonly hasRun: boolean;
  /** The runs whose programs have written to the checkout. */
  readonly ran: readonly string[];
  /** The folders of the release's workspace that are copies of the checkout. */
  readonly copies: readonly string[];
}

/** A publisher whose program writes a file; publishers with the same `key` have the same program. */
function building(
  seen: Seen[],
  name: string,
  key?: string,
  override: (real: Publisher) => Partial<Publisher> = () => ({}),
): PublisherDefinition {
  const options: FakeOptions = {
    buildsFrom: 'own-checkout',
    override: (given) => {
      const real = { ...given, ...override(given) };
      return {
        ...real,
        ...(key === undefined ? {} : { buildKey: () => key }),
        build: async (plan, step) => {
          const { checkout, hasRun = false } = step;
          if (!hasRun) await writeFile(join(checkout, `made-by-${name}`), '', { flag: 'wx' });
          const files = await readdir(checkout);
          const folders = await readdir(dirname(checkout));
          seen.push({
            name,
            checkout: basename(checkout),
            hasRun,
            ran: files.flatMap((file) => /^made-by-(.*)$/.exec(file)?.[1] ?? []),
            copies: folders.filter((folder) => folder.endsWith('-checkout')),
          });
          return real.build(plan, step);
        },
      };
    },
  };
  return fake(createFakeWorld(), name, options);
}

const FAILURE = problem({ code: 'no', kind: 'incomplete', message: 'The build failed.' });
const failing = (): Partial<Publisher> => ({ build: async () => failed(FAILURE) });

test('equal builds run once, in one checkout, which other builds do not see', async () => {
  const seen: Seen[] = [];
  const reading = fake(createFakeWorld(), 'reading');
  const report = await publish([
    building(seen, 'a', 'same'),
    building(seen, 'b', 'same'),
    building(seen, 'c', 'other'),
    building(seen, 'd'),
    building(seen, 'e', 'same'),
    reading,
  ]);
  expect(report).toMatchObject({ exitCode: 0, problems: [] });
  const facts = new Map(seen.map(({ name, hasRun, ran }) => [name, [hasRun, ...ran]]));
  expect(Object.fromEntries(facts)).toEqual({
    a: [false, 'a'],
    b: [true, 'a'],
    c: [false, 'c'],
    d: [false, 'd'],
    e: [true, 'a'],
  });
  expect(new Set(seen.map(({ checkout }) => checkout)).size).toBe(3);
});

test('the only program runs in the release’s own checkout: nothing is copied', async () => {
  const seen: Seen[] = [];
  const objects = fake(createFakeWorld(), 'objects', { buildsFrom: 'objects' });
  const publishers = [building(seen, 'a', 'same'), building(seen, 'b', 'same'), objects];
  expect(await publish(publishers)).toMatchObject({ exitCode: 0, problems: [] });
  expect(seen.map(({ checkout, copies }) => [checkout, copies])).toEqual([
    ['checkout', []],
    ['checkout', []],
  ]);
});

test('of three programs, two run in copies, and the last one begins once these are made', async () => {
  const seen: Seen[] = [];
  const publishers = ['a', 'b', 'c'].map((name) => building(seen, name));
  expect(await publish(publishers)).toMatchObject({ exitCode: 0, problems: [] });
  const last = seen.find(({ name }) => name === 'c');
  expect([last?.checkout, last?.ran]).toEqual(['checkout', ['c']]);
  expect(seen.map(({ ran }) => ran.join()).toSorted()).toEqual(['a', 'b', 'c']);
  expect(seen.filter(({ checkout }) => checkout === 'checkout')).toHaveLength(1);
});

test('a checkout that others read is copied for every program', async () => {
  const seen: Seen[] = [];
  const files: string[][] = [];
  const reading = fake(createFakeWorld(), 'reading', {
    override: (real) => ({
      build: async (plan, step) => {
        files.push(await readdir(step.checkout));
        return real.build(plan, step);
      },
    }),
  });
  expect(await publish([building(seen, 'a'), reading])).toMatchObject({ exitCode: 0 });
  expect(seen[0]?.checkout).toMatch(/-checkout$/);
  expect(files.flat()).not.toContain('made-by-a');
});

test('a program that fails is not run again for the others', async () => {
  const seen: Seen[] = [];
  const report = await publish([
    building(seen, 'a', 'same', failing),
    building(seen, 'b', 'same'),
    building(seen, 'c'),
  ]);
  expect(report.exitCode).toBe(3);
  expect(report.problems.map(({ code, publisher }) => [publisher, code])).toEqual([
    ['npm:a', 'no'],
    ['npm:b', 'same-build-failed'],
  ]);
  expect(seen.map(({ name }) => name).toSorted()).toEqual(['a', 'c']);
});

test('a run that fails to pack does not keep another from packing', async () => {
  const seen: Seen[] = [];
  const report = await publish([
    building(seen, 'a', 'same'),
    building(seen, 'b', 'same', failing),
    building(seen, 'c', 'same'),
  ]);
  expect(report.problems.map(({ code, publisher }) => [publisher, code])).toEqual([
    ['npm:b', 'no'],
  ]);
  expect(seen.map(({ name, hasRun }) => [name, hasRun])).toEqual([
    ['a', false],
    ['b', true],
    ['c', true],
  ]);
});

test('checkouts are removed when their builds have ended, not with the release', async () => {
  const folders: string[] = [];
  const world = createFakeWorld();
  const publishers = ['a', 'b'].map((name) =>
    fake(world, name, {
      buildsFrom: 'own-checkout',
      override: (real) => ({
        build: async (plan, step) => {
          folders.push(step.checkout);
          expect(await readFile(join(step.checkout, 'packages/sdk/package.json'))).not.toBe('');
          return real.build(plan, step);
        },
        publish: async (plan, built, step) => {
          await vi.waitFor(() => expect(folders.filter(existsSync)).toEqual([]));
          expect(existsSync(step.workspace)).toBe(true);
          return real.publish(plan, built, step);
        },
      }),
    }),
  );
  expect(await publish(publishers)).toMatchObject({ exitCode: 0, problems: [] });
  expect(folders).toHaveLength(2);
});
