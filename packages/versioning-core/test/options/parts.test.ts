import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../src/index.ts';
import {
  argv,
  boolean,
  custom,
  hidden,
  integer,
  listOf,
  nullable,
  optional,
  parsedBy,
  pathBelowRoot,
  recordOf,
  secret,
  shape,
  string,
  union,
} from '../../src/options/index.ts';
import { HOSTILE } from './hostile.ts';
import { refusal, shown } from './refusal.ts';

describe('a list', () => {
  const flags = listOf(boolean, 'a list of at least one flag, for example [true]', 1);

  test('gives what its items give', () => {
    expect(listOf(integer(0, 9), 'a list of digits')([1, 2])).toEqual([1, 2]);
    expect(listOf(integer(0, 9), 'a list of digits')([])).toEqual([]);
  });

  test.each([
    ['flags', 'true', '"a string"'],
    ['flags', [], '"a list of 0"'],
    ['flags', { 0: true, length: 1 }, '"an object with 0, length"'],
    ['flags[1]', [true, 1], '"1"'],
    ['flags[1]', Object.assign(Array(3), { 0: true }), '"undefined"'],
  ])('%s: %j', (field, value, received) => {
    expect(refusal(() => flags(value, 'flags'))).toMatchObject({ field, received });
  });
});

describe('an object under names of the user', () => {
  const name = custom<string>((key) => key !== 'reserved', 'another name: reserved is taken');
  const labels = recordOf(string('a string'), 'an object of strings', name);

  test('comes back with every own key, __proto__ too', () => {
    const written = JSON.parse('{ "a.b": "1", "__proto__": "2" }') as unknown;
    const checked = labels(written);
    expect(Object.entries(checked)).toEqual([
      ['a.b', '1'],
      ['__proto__', '2'],
    ]);
    expect(Object.getPrototypeOf(checked)).toBe(Object.prototype);
  });

  test.each([
    ['labels', ['a=b'], '"a list of 1"'],
    ['labels', 'T=hunter2', '"a string"'],
    ['labels', new Map(), '"an object without fields"'],
    ['labels.a', { a: 1 }, '"1"'],
    ['labels["a.b"]', { 'a.b': null }, '"null"'],
    ['labels["\\u202e"]', { '\u202e': null }, '"null"'],
    ['labels.reserved', { reserved: 'x' }, '"reserved"'],
  ])('%s: %j', (field, value, received) => {
    expect(refusal(() => labels(value, 'labels'))).toMatchObject({ field, received });
  });

  test('keeps its names as they are written', () => {
    const schemas = recordOf(string('a path'), 'schemas by path', pathBelowRoot('a path'));
    expect(schemas({ './environments/': 'x' })).toEqual({ './environments/': 'x' });
    expect(refusal(() => schemas({ '../x': 'x' })).field).toBe('value["../x"]');
  });

  test('needs a name for every value', () => {
    const plain = recordOf(boolean, 'flags by name');
    expect(refusal(() => plain({ '': true }, 'flags')).expected).toBe('a name for every value');
  });
});

describe('a program and its arguments', () => {
  test.each([[['make']], [['pnpm', 'run', 'build']], [['make', '']]])('%j', (value) => {
    expect(argv(value)).toEqual(value);
  });

  test.each([
    ['build', 'pnpm run build', '"pnpm ..."'],
    ['build', 'make', '"a string"'],
    ['build', 'NPM_TOKEN=hunter2 pnpm build', '"a string"'],
    ['build', [], '"a list of 0"'],
    ['build', undefined, '"undefined"'],
    ['build[0]', [''], '""'],
    ['build[0]', [['pnpm']], '"a list of 1"'],
    ['build[2]', ['curl', '-u', 51_235_123], undefined],
    ['build[1]', ['make', 'hunter2\0'], undefined],
  ])('%s: %j is none', (field, value, received) => {
    const error = refusal(() => argv(value, 'build'));
    expect(error).toMatchObject({ field, received });
    expect(shown(error)).not.toMatch(/hunter2|51235123/);
  });

  test('a shell line is answered with how to write it', () => {
    const build = (): unknown =>
      shape<{ readonly build?: readonly [string, ...string[]] }>({ build: optional(argv) })({
        build: 'docker login --password hunter2',
      });
    const error = refusal(build);
    expect(error.message).toBe(
      `build: expected a program and its arguments as a list, for example ['pnpm', 'run', 'build'], got "docker ..."`,
    );
    expect(error.hint).toBe('No shell splits it into words: write each word as a string.');
    expect(shown(error)).not.toContain('hunter2');
  });
});

describe('alternatives', () => {
  const size = union(integer(1, 9), listOf(boolean, 'a list of flags'));

  test('the first check that takes the value gives it', () => {
    expect([size(3), size([true])]).toEqual([3, [true]]);
    expect([nullable(boolean)(null), nullable(boolean)(true)]).toEqual([null, true]);
  });

  test('all forms are named when none fits', () => {
    expect(refusal(() => size('x', 'size')).message).toBe(
      'size: expected a whole number from 1 to 9, or a list of flags, got "a string"',
    );
    expect(refusal(() => nullable(boolean)(1, 'x')).expected).toBe('true or false, or null');
  });

  test('a mistake inside of one of them is told with its place', () => {
    expect(refusal(() => size([true, 'x'], 'size'))).toMatchObject({
      field: 'size[1]',
      expected: 'true or false',
    });
  });
});

describe('a parser with a field of its own', () => {
  const address = parsedBy((value) => {
    if (value === 'bug') throw new RangeError('a bug');
    if (value === 'good') return 'parsed';
    throw new InvalidInputError({ field: 'url', received: '\u202e', expected: 'good', hint: 'h' });
  });

  test('becomes a check: its mistake is that of the option', () => {
    expect(address('good')).toBe('parsed');
    expect(refusal(() => address('bad', 'mirror', 'go-option'))).toMatchObject({
      field: 'mirror',
      code: 'go-option',
      received: '"\\u202e"',
      expected: 'good',
      hint: 'h',
    });
  });

  test('a bug in it stays the cause of what is told', () => {
    const options = shape<{ readonly mirror?: string }>({ mirror: optional(address) });
    expect(() => address('bug')).toThrow(RangeError);
    expect(refusal(() => options({ mirror: 'bug' })).cause).toBeInstanceOf(RangeError);
  });
});

describe('a token', () => {
  class Secret {
    readonly value = 'hunter2';
  }
  interface Options {
    readonly token?: string | Secret | (() => string | Secret | undefined) | undefined;
  }
  const parse = shape<Options>({ token: secret(Secret) });

  test.each([['hunter2'], [''], [new Secret()], [() => 'hunter2']])('may be %o', (token) => {
    expect(parse({ token }).token).toBe(token);
  });

  test('that is undefined is told from one that was left out', () => {
    expect('token' in parse({ token: undefined })).toBe(true);
    expect('token' in parse({})).toBe(false);
  });

  const pair = { user: 'u', password: 'hunter2' };
  test.each([[null], [51_235_123], [pair], [['hunter2']], [Promise.resolve('hunter2')]])(
    'of the wrong kind is not shown: %o',
    (token) => {
      const error = refusal(() => parse({ token }));
      expect(error.message).toBe(
        'token: expected a string, a Secret, or a function that returns one',
      );
      expect(shown(error)).not.toMatch(/hunter2|51235123/);
    },
  );

  test('hostile values are wrong inputs', () => {
    for (const [name, token] of HOSTILE)
      if (typeof token !== 'string')
        expect(refusal(() => parse({ token })).field, name).toBe('token');
  });
});

test('a hidden value is not shown', () => {
  const environment = recordOf(hidden(string('a string')), 'an object of strings');
  const error = refusal(() => environment({ PIN: 51_235_123 }, 'buildArgs'));
  expect(error).toMatchObject({ field: 'buildArgs.PIN', received: undefined });
});
