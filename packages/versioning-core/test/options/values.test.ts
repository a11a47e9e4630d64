import { describe, expect, test } from 'vitest';
import { received } from '../../src/index.ts';
import type { Parse } from '../../src/options/check.ts';
import {
  anyObject,
  boolean,
  custom,
  func,
  integer,
  milliseconds,
  oneOf,
  string,
} from '../../src/options/index.ts';
import { HOSTILE } from './hostile.ts';
import { refusal } from './refusal.ts';

const platform = string('os/architecture, for example linux/arm64', /^[a-z]+\/[a-z0-9]+$/);
const even = custom<number>((value) => Number(value) % 2 === 0, 'an even number');

test.each<[string, Parse<unknown>, readonly unknown[], readonly unknown[]]>([
  ['any string', string('a user name'), ['', 'x'], [undefined, null, 7, ['x']]],
  ['a string by its pattern', platform, ['linux/arm64'], ['', 'linux', 7]],
  ['a boolean', boolean, [true, false], [undefined, null, 0, 'true']],
  ['an integer', integer(1, 10), [1, 10], [0, 11, 1.5, Number.NaN, '5', 5n]],
  ['milliseconds', milliseconds, [0, 120_000], [-1, 0.5, Infinity, '10', null]],
  ['one of some', oneOf('date', 'datetime'), ['date'], ['day', null, ['date']]],
  ['a function', func(), [() => 1], ['() => 1', {}, null, undefined]],
  ['an object', anyObject(), [{}, new Map()], [[], null, 'x', () => 1]],
  ['by a predicate', even, [2], [1, 'x', Symbol('s'), undefined]],
])('%s', (_name, check, good, wrong) => {
  for (const value of good) expect(check(value, 'x')).toBe(value);
  for (const value of wrong) {
    const { field, code, expected } = refusal(() => check(value, 'ports.x', 'c'));
    expect([field, code]).toEqual(['ports.x', 'c']);
    expect(expected.length).toBeGreaterThan(5);
  }
});

describe('the accepted form', () => {
  test.each<[Parse<unknown>, string]>([
    [integer(1, 10), 'a whole number from 1 to 10'],
    [oneOf('keyless'), 'keyless'],
    [oneOf('next-patch', 'keep', 'error'), 'next-patch, keep or error'],
    [platform, 'os/architecture, for example linux/arm64'],
  ])('is told', (check, expected) => {
    expect(refusal(() => check(null)).expected).toBe(expected);
  });

  test('of one of some: the one that was probably meant', () => {
    const stamp = oneOf('datetime', 'date');
    expect(refusal(() => stamp('datetme')).hint).toBe('Did you mean "datetime"?');
    expect(refusal(() => stamp('week')).hint).toBeUndefined();
  });
});

test('a string is not shown where a function or an object belongs', () => {
  for (const check of [func(), anyObject()])
    expect(refusal(() => check('hunter2')).received).toBe('"a string"');
});

test('what a predicate throws at does not fit', () => {
  const named = custom<object>((value) => 'name' in (value as object), 'an object with a name');
  for (const [name, value] of HOSTILE)
    expect(refusal(() => named(value)).expected, name).toBe('an object with a name');
});

test.each(HOSTILE)('%s has a text form', (_name, value) => {
  expect(received(value)).toEqual(expect.any(String));
});
