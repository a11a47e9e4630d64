import type { SourceFiles } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import type { Finding } from '../../src/doctor/finding.ts';
import { fixAll, withTrueFixes } from '../../src/doctor/fix.ts';

/** A file whose letters are its problems: what `becomes` of each with its fix. */
function lettersOf(becomes: Readonly<Record<string, string>>) {
  let runs = 0;
  const find = async (files: SourceFiles): Promise<{ readonly findings: readonly Finding[] }> => {
    runs += 1;
    const text = (await files.readText('a')) ?? '';
    return {
      findings: text.split('').flatMap((letter, at) => {
        const start = at;
        const fixed = becomes[letter];
        if (letter === '.') return [];
        const fix = [{ path: 'a', edits: [{ start, end: start + 1, text: fixed ?? '' }] }];
        const base = { rule: letter, message: letter, hint: '', path: 'a' };
        return [fixed === undefined ? base : { ...base, fix }];
      }),
    };
  };
  return { find, runs: () => runs };
}

function filesWith(text: string): SourceFiles {
  return {
    list: async () => [],
    readText: async () => text,
    readBytes: async () => Buffer.from(text),
  };
}

/** A dot between letters: edits that touch wait for each other. */
const spread = (letters: string): string => letters.split('').join('..');

test.each([
  // g: helps; u: helps nothing; s: makes another problem; n: has no fix.
  ['ggg', '...', 3],
  ['gu', '.u', 1],
  ['ug', 'u.', 1],
  ['us', 'us', 0],
  ['gsg', '.s.', 2],
  ['nug', 'nu.', 1],
  ['ugugugug', 'u.u.u.u.', 4],
  [`${'g'.repeat(20)}u${'g'.repeat(20)}`, `${'.'.repeat(20)}u${'.'.repeat(20)}`, 40],
])('of %s exactly the fixes that help are made', async (letters, left, count) => {
  const { find } = lettersOf({ g: '.', u: 'u', s: 'xx' });
  const before = spread(letters);
  const { files, fixed, ...done } = await fixAll(filesWith(before), find);
  expect(files.map(({ text }) => text)).toEqual(count === 0 ? [] : [spread(left)]);
  expect(fixed.map(({ rule }) => rule)).toEqual(Array.from({ length: count }, () => 'g'));
  const promised = withTrueFixes(done.before.findings, fixed);
  expect(promised.filter(({ fix }) => fix !== undefined).length).toBe(count);
  expect(promised.map(({ rule }) => rule)).toEqual(letters.split(''));
});

test('a fix that makes another possible is made first', async () => {
  const { find } = lettersOf({ a: 'b', b: '.' });
  const { fixed } = await fixAll(filesWith('b..b'), find);
  expect(fixed.length).toBe(2);
});

test('it ends, also with many fixes that help nothing', async () => {
  const { find, runs } = lettersOf({ u: 'u' });
  const { files, fixed } = await fixAll(filesWith(spread('u'.repeat(500))), find);
  expect([files, fixed]).toEqual([[], []]);
  expect(runs()).toBeLessThanOrEqual(101);
});
