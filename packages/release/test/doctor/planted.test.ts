import { describe, expect, test } from 'vitest';
import type { DoctorReport } from '../../src/doctor/report.ts';
import { copyExample } from './example-copy.ts';
import { PLANTS } from './plants.ts';

function found({ problems }: DoctorReport): readonly string[] {
  return problems
    .map(({ code, line, path }) => `${code} ${path}${line === undefined ? '' : `:${line}`}`)
    .toSorted();
}

test('in the example nothing is found', async () => {
  const example = copyExample();
  const report = await example.report();
  expect([report.problems, report.notes, report.exitCode]).toEqual([[], [], 0]);
});

describe('each planted problem is found, and nothing else', () => {
  test.each(PLANTS)('$title', async ({ finds, title: _title, ...change }) => {
    const example = copyExample();
    example.change(change);
    const report = await example.report();
    expect(found(report)).toEqual([...finds].toSorted());
    expect(report.exitCode).toBe(2);
    for (const { hint, message } of report.problems) {
      expect(message).toMatch(/^.{20,}\.$/s);
      expect(hint).toMatch(/.{10,}/s);
    }
  });
});

test('all at once: each is found, and nothing else', async () => {
  const example = copyExample();
  const all = PLANTS.filter(({ joins = true }) => joins);
  for (const { finds: _, title: _title, ...change } of all) example.change(change);
  const rulesAndPaths = (places: readonly string[]): readonly string[] =>
    places.map((place) => place.replace(/:\d+$/, '')).toSorted();
  expect(all.length).toBeGreaterThan(30);
  expect(rulesAndPaths(found(await example.report()))).toEqual(
    rulesAndPaths(all.flatMap(({ finds }) => finds)),
  );
});
