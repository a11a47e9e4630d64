import { describe, expect, test } from 'vitest';
import { replaceSection } from '../scripts/bench/page.ts';
import { sharesOf } from '../scripts/bench/profile.ts';
import { median, ratios } from '../scripts/bench/statistics.ts';
import { table } from '../scripts/bench/table.ts';

describe('the benchmark', () => {
  test('takes the median of an odd and of an even number of values, and refuses no values', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 7])).toBe(6);
    expect(() => median([])).toThrow(RangeError);
  });

  test('divides pair by pair, not the medians', () => {
    // The machine is ten times as slow during the second pair.
    expect(ratios([1, 20, 3], [2, 20, 3])).toEqual({ median: 1, min: 0.5, max: 1, pairs: 3 });
    expect(() => ratios([1], [1, 2])).toThrow(RangeError);
  });

  test('says in each row whether the goal is met, by how much not, or why nothing was measured', () => {
    const ratio = { median: 0.3, min: 0.25, max: 0.4, pairs: 5 };
    const text = table([
      { kind: 'ratio', work: 'plan', peer: 'a', ratio, waiting: 0.2, goal: 0.3 },
      { kind: 'ratio', work: 'plan', peer: 'b', ratio, goal: 0.1 },
      { kind: 'amount', work: 'plan', what: 'npm', amount: 1234.5, unit: 'requests' },
      { kind: 'missing', work: 'plan', peer: 'c', reason: 'c is not installed' },
    ]);
    const rows = text.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    expect(rows.slice(2).map((row) => row.slice(1, -1))).toEqual([
      ['plan', 'a', '0.3 [0.25 … 0.4], 5 pairs', '0.2', '≤ 0.3', 'met; not so in every pair'],
      ['plan', 'b', '0.3 [0.25 … 0.4], 5 pairs', '', '≤ 0.1', 'not met: 3 × the goal'],
      ['plan', '', 'npm: 1235 requests', '', '', ''],
      ['plan', 'c', 'not measured', '', '', 'c is not installed'],
    ]);
    expect(new Set(text.split('\n').map((line) => line.length)).size).toBe(1);
  });

  test('splits the time of a run by what its main thread did', () => {
    const frame = (functionName: string, url = '') => ({ functionName, url });
    const ours = 'file:///app/node_modules/@ameide/release/bundle/bin.js';
    const nodes = [
      { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
      { id: 2, callFrame: frame('(idle)') },
      { id: 3, callFrame: frame('main', ours), children: [5, 7] },
      { id: 4, callFrame: frame('load', 'node:internal/modules/esm/load'), children: [6] },
      { id: 5, callFrame: frame('spawn', 'node:child_process'), children: [8] },
      { id: 6, callFrame: frame('readFileSync', 'node:fs') },
      { id: 7, callFrame: frame('check', 'file:///app/node_modules/ajv/dist/core.js') },
      // Native code has no file.
      { id: 8, callFrame: frame('spawn') },
    ];
    const samples = [2, 3, 6, 7, 8, 8];
    const shares = sharesOf({ nodes, samples, timeDeltas: samples.map(() => 10_000) }, 100);
    expect(shares).toEqual([
      { what: 'the start and the end of the process', part: 0.4 },
      { what: 'starting other programs', part: 0.2 },
      { what: 'waiting for registries, timers, other programs and threads', part: 0.1 },
      { what: '@ameide/release', part: 0.1 },
      { what: 'loading of modules', part: 0.1 },
      { what: 'ajv', part: 0.1 },
    ]);
    // A function may have the name of a member that every object has.
    const named = [{ id: 1, callFrame: frame('toString', 'node:buffer') }];
    expect(sharesOf({ nodes: named, samples: [1], timeDeltas: [10_000] }, 10)).toEqual([
      { what: 'native code of Node', part: 1 },
    ]);
    const rare = sharesOf({ nodes, samples: [2, 3], timeDeltas: [998_000, 2_000] }, 1000);
    expect(rare.map(({ what }) => what)).toEqual([shares[2]?.what]);
  });

  test('replaces the text of one section on the page, and nothing else', () => {
    const page = 'Written by people.\n';
    const one = replaceSection(page, 'one', 'first');
    const both = replaceSection(one, 'two', 'second');
    const again = replaceSection(both, 'one', 'third');
    expect(again).toBe(both.replace('first', 'third'));
    expect(again.startsWith(page)).toBe(true);
    expect(() => replaceSection('<!-- bench one -->', 'one', 'text')).toThrow('without');
  });
});
