import { describe, expect, test } from 'vitest';
import {
  canonical,
  classifyRef,
  formatVersionTag,
  InvalidInputError,
  isSha,
  parseBase,
  parseDateTime,
  parseSha,
  parseVersionTag,
  printable,
  received,
  shortSha,
  unixSeconds,
} from '../src/index.ts';

const SHA = '71e210beab37b68546d56dceccba18f09264ecc3';
const cyclic: { self?: object } = {};
cyclic.self = cyclic;
const NOT_TEXT: readonly unknown[] = [
  undefined,
  null,
  1,
  1n,
  Number.NaN,
  true,
  {},
  [],
  ['0.1.0'],
  [SHA],
  Object.create(null),
  Symbol('x'),
  cyclic,
  () => 1,
];

/** Every refusal names its field, shows the value in printable ASCII, and gives an example. */
function expectRefusal(parse: () => unknown, field: string): void {
  let error: unknown;
  try {
    parse();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(InvalidInputError);
  const { message, field: named, expected } = error as InvalidInputError;
  expect(named).toBe(field);
  expect(expected.length).toBeGreaterThan(10);
  expect(message).toMatch(/^[\x20-\x7e]+$/);
  expect(message.length).toBeLessThan(400);
}

describe('versions', () => {
  test.each([
    'v1',
    'v1.0.0',
    '01.0.0',
    '1.00.0',
    '1.0.01',
    '1.0',
    '1',
    '1.0.0.0',
    `1.0.${'9'.repeat(300)}`,
    '1.0.0\nx=y',
    '1.0.0\n',
    '\n1.0.0',
    ' 1.0.0',
    '1.0.0 ',
    'latest',
    '',
    '1.0.0-rc.1',
    '1.0.0+build',
    '1.0.x',
    '-1.0.0',
    '1e3.0.0',
    '１.0.0',
    '1.0.9007199254740992',
    '\u202e1.0.0',
    '1,0,0',
    '__proto__',
    '0x1.0.0',
  ])('%j', (value) => expectRefusal(() => parseBase(value), 'base'));
  test.each(NOT_TEXT.map((value) => [value]))('%o', (value) =>
    expectRefusal(() => parseBase(value), 'base'),
  );
  test.each(['0.0.0', '0.1.0', '1.0.0', '10.20.30', '9007199254740991.0.0'])('%s is one', (value) =>
    expect(parseBase(value)).toBe(value),
  );
  test('the caller names the field', () =>
    expectRefusal(() => parseBase('v1', 'version in package.json'), 'version in package.json'));
});

describe('commit ids', () => {
  test.each([
    '',
    '71e210b',
    SHA.slice(1),
    `${SHA}0`,
    SHA.toUpperCase(),
    `${SHA}\n`,
    ` ${SHA}`,
    `${SHA.slice(0, 39)}g`,
    'HEAD',
    'main',
    'v0.1.0',
    `${SHA}^{commit}`,
    `sha1:${SHA}`,
    '0'.repeat(63),
    '0'.repeat(65),
    '-'.repeat(40),
    '７'.repeat(40),
  ])('%j', (value) => expectRefusal(() => parseSha(value), 'sha'));
  test.each(NOT_TEXT.map((value) => [value]))('%o', (value) =>
    expectRefusal(() => parseSha(value), 'sha'),
  );
  test('40 and 64 digits are', () =>
    expect([SHA, 'a'.repeat(64)].map((sha) => parseSha(sha))).toEqual([SHA, 'a'.repeat(64)]));
  test('and can be told without an error', () =>
    expect(
      [SHA, 'a'.repeat(64), SHA.slice(1), SHA.toUpperCase(), 'HEAD', undefined].map(isSha),
    ).toEqual([true, true, false, false, false, false]));
  test.each([
    [SHA, '71e210b'],
    ['0123456789abcdef0123456789abcdef01234567', '0123456789a'],
    [`1234567${'f'.repeat(33)}`, '1234567f'],
    [`a${'1'.repeat(39)}`, 'a111111'],
    ['1'.repeat(40), '1'.repeat(40)],
  ])('%s is shortened to %s', (sha, short) => expect(shortSha(parseSha(sha))).toBe(short));
});

describe('times', () => {
  test.each([
    '',
    '20251113',
    '2025111315321',
    '202511131532111',
    '20251313153211',
    '20250230153211',
    '20250229000000',
    '20251113240000',
    '20251113156011',
    '20251113153260',
    '20251113153260',
    '19691231235959',
    '2025-11-13T15:32:11Z',
    '1763047931',
    '20251113153211\n',
    ' 20251113153211',
    '２0251113153211',
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    253_402_300_800,
    new Date(Number.NaN),
    new Date(-1),
    undefined,
    null,
    {},
    [],
    1n,
    true,
  ])('%o', (value) => expectRefusal(() => parseDateTime(value), 'datetime'));
  test.each([
    ['20251113153211', '20251113153211'],
    [1_763_047_931, '20251113153211'],
    [new Date('2025-11-13T21:02:11.999+05:30'), '20251113153211'],
    ['20240229235959', '20240229235959'],
    [0, '19700101000000'],
    [253_402_300_799, '99991231235959'],
  ])('%o is %s', (value, datetime) => {
    const parsed = parseDateTime(value);
    expect(parsed).toBe(datetime);
    expect(parseDateTime(unixSeconds(parsed))).toBe(datetime);
  });
});

describe('refs', () => {
  test.each([
    '',
    'main',
    'HEAD',
    'v0.1.0',
    'refs/',
    'refs/heads',
    'refs/heads/',
    'refs/tags/',
    'refs/remotes/origin/main',
    'refs/notes/commits',
    'refs/tags/nightly',
    'refs/tags/0.1.0',
    'refs/tags/v1',
    'refs/tags/v1.0',
    'refs/tags/v01.0.0',
    'refs/tags/v0.1.0-rc',
    'refs/tags/v0.1.0-rc.01',
    'refs/tags/v0.1.0-rc.-1',
    'refs/tags/v0.1.0-RC.1',
    'refs/tags/v0.1.0-beta.1',
    'refs/tags/v0.1.0+x',
    'refs/tags/sdk/v0.1.0',
    'refs/tags/refs/tags/v0.1.0',
    'refs/tags/v0.1.0-rc.1000000000',
    'refs/tags/v0.1.0\n',
    'refs/tags/v0.1.0\nx=y',
    '$(id)',
    '`id`',
    '-flag',
    '..',
    '@{',
    '.lock',
    'refs/heads/-flag',
    'refs/heads/a..b',
    'refs/heads/a@{1}',
    'refs/heads/x.lock',
    'refs/heads/x.lock/y',
    'refs/heads/.x',
    'refs/heads/x/.y',
    'refs/heads/x.',
    'refs/heads/x/',
    'refs/heads//x',
    'refs/heads/a b',
    'refs/heads/a~1',
    'refs/heads/a^',
    'refs/heads/a:b',
    'refs/heads/a?',
    'refs/heads/a*',
    'refs/heads/a[b',
    'refs/heads/a\\b',
    'refs/heads/a\x7f',
    'refs/heads/a\nb',
    'refs/heads/a\u202eb',
    'refs/heads/a\u200bb',
    'refs/heads/\ud800',
    `refs/heads/${'x'.repeat(1000)}`,
    'refs/pull/0/merge',
    'refs/pull/x/merge',
    'refs/pull/1',
    'refs/pull/1/',
    'refs/pull/1/a/b',
    'refs/pull/01/merge',
    undefined,
    null,
    1,
    {},
    ['refs/heads/main'],
  ])('%j', (ref) => expectRefusal(() => classifyRef(ref), 'ref'));
  test.each([
    ['refs/heads/main', { kind: 'dev' }],
    ['refs/heads/feat/x-1', { kind: 'dev' }],
    ['refs/heads/dependabot/npm_and_yarn/@types/node-24', { kind: 'dev' }],
    ['refs/heads/v0.1.0', { kind: 'dev' }],
    ['refs/heads/größe', { kind: 'dev' }],
    ['refs/heads/fix(sdk)', { kind: 'dev' }],
    ['refs/tags/v0.1.0', { kind: 'release', base: '0.1.0' }],
    ['refs/tags/v0.1.0-rc.0', { kind: 'candidate', base: '0.1.0', number: 0 }],
    ['refs/tags/v10.20.30-rc.45', { kind: 'candidate', base: '10.20.30', number: 45 }],
    ['refs/pull/42/merge', { kind: 'pull-request', number: 42 }],
    ['refs/pull/7/head', { kind: 'pull-request', number: 7 }],
    ['refs/merge-requests/12/head', { kind: 'pull-request', number: 12 }],
    ['refs/merge-requests/12/merge', { kind: 'pull-request', number: 12 }],
    ['refs/merge-requests/12/train', { kind: 'pull-request', number: 12 }],
    ['refs/pull-requests/3/from', { kind: 'pull-request', number: 3 }],
    ['refs/changes/20/884120/1', { kind: 'pull-request', number: 884_120 }],
    [
      'refs/heads/gh-readonly-queue/main/pr-104-79439c7d8c4d4f7b2f3b8b0f2c9fd0f6a2a2c5d1',
      { kind: 'pull-request', number: 104 },
    ],
    [
      'refs/heads/gh-readonly-queue/release/pr-2/pr-9-79439c7d8c4d4f7b2f3b8b0f2c9fd0f6a2a2c5d1',
      { kind: 'pull-request', number: 9 },
    ],
    ['refs/heads/mergify/merge-queue/3a5b', { kind: 'pull-request' }],
    ['refs/heads/gtmq_spec_abc', { kind: 'pull-request' }],
    ['refs/heads/trunk-merge/pr-15/0f1c', { kind: 'pull-request', number: 15 }],
    ['refs/heads/trunk-temp/pr-15/0f1c', { kind: 'pull-request', number: 15 }],
    ['refs/heads/docs/gh-readonly-queue', { kind: 'dev' }],
    ['refs/heads/staging', { kind: 'dev' }],
    ['refs/heads/renovate/node-24.x', { kind: 'dev' }],
    ["refs/heads/don't", { kind: 'dev' }],
    ['refs/heads/a&b', { kind: 'dev' }],
    ['refs/heads/`$(id)`;|<>"', { kind: 'dev' }],
    ['refs/heads/feature/-x', { kind: 'dev' }],
  ])('%s is %j', (ref, channel) => expect(classifyRef(ref)).toEqual(channel));
  test.each(['v0.1.0', 'v0.1.0-rc.0', 'v1.20.3-rc.14'])(
    'the tag %s is written as it was read',
    (tag) => {
      const channel = parseVersionTag(tag);
      expect(channel && formatVersionTag(channel)).toBe(tag);
      expect(classifyRef(`refs/tags/${tag}`)).toEqual(channel);
      expect(parseVersionTag(`refs/tags/${tag}`)).toBeUndefined();
    },
  );
  test.each(['v0.1.0\n', 'V0.1.0', '0.1.0', 'v0.1.9007199254740992', 'v00.1.0'])(
    'the tag %j is none of ours',
    (tag) => expect(parseVersionTag(tag)).toBeUndefined(),
  );
});

describe('the tuple', () => {
  const input = { base: '0.1.0', sha: SHA, datetime: '20251113153211' };
  test('holds the values of the north star', () => {
    expect(canonical(input)).toEqual({
      base: '0.1.0',
      sha: SHA,
      shortSha: '71e210b',
      datetime: '20251113153211',
      date: '20251113',
    });
  });
  test.each([
    ['base', { ...input, base: 'v0.1.0' }],
    ['sha', { ...input, sha: '71e210b' }],
    ['datetime', { ...input, datetime: '20251113' }],
  ])('names the field %s', (field, bad) => expectRefusal(() => canonical(bad), field));
});

describe('what is shown of a value', () => {
  test.each([
    ['plain', '"plain"'],
    ['a\nb', String.raw`"a\nb"`],
    ['\u202eevil\u0007', String.raw`"\u202eevil\u0007"`],
    ['x'.repeat(100), `"${'x'.repeat(57)}..."`],
    [undefined, '"undefined"'],
    [12n, '"12"'],
    [{ directory: 'a', token: 'npm_planted' }, '"an object with directory, token"'],
    [{}, '"an object without fields"'],
    [['npm_planted', 'b'], '"a list of 2"'],
    [
      'https://x-access-token:ghp_planted@github.com/o/r\n',
      String.raw`"https://***@github.com/o/r\n"`,
    ],
    ['git+https://ghp_planted@github.com/o/r', '"git+https://***@github.com/o/r"'],
    ['git:ghp_planted@host:o/r', '"***@host:o/r"'],
    ['u:ghp_planted@ghcr.io/o/r', '"***@ghcr.io/o/r"'],
    ['https://r/x?token=npm_planted&a=b#c', '"https://r/x?token=***&a=***#c"'],
    ['npm:sdk@0.1.0', '"npm:sdk@0.1.0"'],
    ['npm:@scope/sdk@0.1.0', '"npm:@scope/sdk@0.1.0"'],
    ['oci:127.0.0.1:5000/o/r@sha256:0', '"oci:127.0.0.1:5000/o/r@sha256:0"'],
    ['git@github.com:o/r.git', '"git@github.com:o/r.git"'],
  ])('%o is %s', (value, shown) => expect(printable(value)).toBe(shown));
  test('never throws', () =>
    expect(NOT_TEXT.map((value) => typeof received(value))).toEqual(NOT_TEXT.map(() => 'string')));
});
