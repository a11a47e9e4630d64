import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { derive } from '../scripts/bench/growth/derive.ts';
import type { Figure, Point } from '../scripts/bench/growth/figure.ts';
import { FIGURES } from '../scripts/bench/growth/index.ts';
import { growthSection, picture } from '../scripts/bench/growth/section.ts';
import { formatNumber, plot, ticksUpTo } from '../scripts/bench/plot.ts';

const figure: Figure = {
  name: 'growth-test',
  title: 'packages & <images>',
  of: 'packages',
  sizes: [1, 10, 100],
  cost: 'each',
  timeOf: 10,
  prepare: async () => [],
};
const point = (size: number, requests: number, peakMiB: number, ms: number): Point => ({
  line: 'publish',
  size,
  requests,
  answerBytes: requests * 1024,
  peakMiB,
  ms,
  cpuMs: 2 * ms,
});
const POINTS = [point(1, 15, 120, 500), point(10, 140, 125, 1000), point(100, 1600, 230, 9000)];

describe('how costs grow', () => {
  test('for each artifact: shares of one run, memory above that of the smallest size, time divided by that of the chosen size', () => {
    const shares = { line: 'publish', answersKiB: expect.any(Number) };
    expect(derive(figure, POINTS)).toEqual([
      { ...shares, size: 1, requests: 15, peakMiB: 120, time: 5, cpu: 5 },
      { ...shares, size: 10, requests: 14, peakMiB: 125, addedMiB: 5 / 9, time: 1, cpu: 1 },
      { ...shares, size: 100, requests: 16, peakMiB: 230, addedMiB: 110 / 99, time: 0.9, cpu: 0.9 },
    ]);
  });

  test('in total: whole runs, divided by the smallest', () => {
    const { timeOf: _, ...total } = { ...figure, cost: 'total' as const };
    expect(derive(total, POINTS).map(({ requests, time }) => [requests, time])).toEqual([
      [15, 1],
      [140, 2],
      [1600, 18],
    ]);
  });

  test('the section has a table, and says of each goal whether it is met', () => {
    const text = growthSection(figure, POINTS, ['a day', 'a machine']);
    expect(text).toContain('(performance/growth-test.svg)');
    expect(text).toMatch(/^\| 100 +\| 16 +\| 230 +\| 1.11 +\| 16 +\| 0.9 +\| 0.9 +\|$/m);
    expect(text).toContain('- publish: requests for each at 100 packages: 16, goal ≤ 15: not met');
    expect(text).toContain(
      '- publish: MiB for each of 100 packages above the base: 1.11, goal ≤ 1: not met',
    );
    const good = growthSection(figure, POINTS.slice(0, 2), []);
    expect(good).toContain('requests for each at 10 packages: 14, goal ≤ 15: met');
    expect(good).toContain('MiB for each of 10 packages above the base: 0.556, goal ≤ 1: met');
    expect(good).not.toContain('not met');
  });

  test('figures have different names, and ascending sizes', () => {
    expect(new Set(FIGURES.map(({ name }) => name)).size).toBe(FIGURES.length);
    for (const { sizes } of FIGURES) expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
  });
});

describe('pictures', () => {
  test('ticks are round numbers from 0 to the greatest value or more', () => {
    expect(ticksUpTo(0)).toEqual([0, 1]);
    expect(ticksUpTo(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksUpTo(62.2)).toEqual([0, 20, 40, 60, 80]);
    for (const most of [0.003, 0.7, 5, 5.01, 99, 101, 12_345]) {
      const ticks = ticksUpTo(most);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      expect(ticks.at(-2)).toBeLessThan(most);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });

  test('numbers have three digits, and thousands a comma', () => {
    expect([0.01234, 1.5, 62.22, 999.4, 10_000].map(formatNumber)).toEqual([
      '0.0123',
      '1.5',
      '62.2',
      '999',
      '10,000',
    ]);
  });

  test('the x axis is logarithmic, the y axis begins at 0, and each point says its value', () => {
    const series = [
      {
        name: 'plan',
        points: [
          [1, 0],
          [10, 5],
          [100, 10],
        ] as const,
      },
      { name: 'trace', points: [[1, 10]] as const },
    ];
    const svg = plot({
      title: 'growth',
      xLabel: 'packages',
      panels: [{ title: 'requests', series }],
    });
    const dots = [
      ...svg.matchAll(/<circle class="dot" cx="([\d.]+)" cy="([\d.]+)" r="3.5"><title>(.*?)</g),
    ];
    expect(dots.map(([, , , text]) => text)).toEqual([
      'plan: 1, 0',
      'plan: 10, 5',
      'plan: 100, 10',
      'trace: 1, 10',
    ]);
    const [xs, ys] = [1, 2].map((at) => dots.map((dot) => Number(dot[at]))) as [number[], number[]];
    const [x0 = 0, x1 = 0, x2 = 0] = xs;
    expect(x1 - x0).toBeCloseTo(x2 - x1, 0);
    const [y0 = 0, y1 = 0, y2 = 0, other] = ys;
    expect(y0 - y1).toBeCloseTo(y1 - y2, 0);
    expect(y2).toBeLessThan(y0);
    expect(other).toBe(y2);
    expect(svg).toContain('>plan</text>');
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  test('a picture is the same for the same numbers, is XML, and has no legend for one curve', () => {
    const svg = picture(figure, POINTS);
    expect(picture(figure, POINTS)).toBe(svg);
    expect(svg).toContain('<title>packages &amp; &lt;images></title>');
    expect(svg).not.toMatch(/NaN|undefined|>publish</);
    expect(svg.match(/<g transform/g)).toHaveLength(5);
  });

  test('every picture of the page is there', async () => {
    const docs = join(import.meta.dirname, '../docs');
    const page = await readFile(join(docs, 'performance.md'), 'utf8');
    const shown = [...page.matchAll(/\]\(performance\/([^)]+)\)/g)].map(([, file]) => file);
    const there = await readdir(join(docs, 'performance')).catch(() => []);
    expect(new Set(shown)).toEqual(new Set(there));
  });
});
