import { json as anyJson, assert, nat, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../src/check/json.ts';

function read(text: string) {
  const { faults, documents } = readJson(text);
  return { faults, values: documents.map(({ value }) => value) };
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON', () => {
  test.each([
    ['{"a": 1,}', 1, 9],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{a: 1}', 1, 2],
    ["{'a': 1}", 1, 2],
    ['[1, 2', 1, 6],
    ['[01]', 1, 3],
    ['[.5]', 1, 2],
    ['[NaN]', 1, 2],
    ['// note\n{}', 1, 1],
    ['{} {}', 1, 4],
    ['"\\q"', 1, 1],
    ['"\u0001"', 1, 1],
    ['', 1, 1],
    ['hunter2', 1, 1],
    ['\u00a0{}', 1, 1],
  ])('%j is refused at %i:%i', (text, line, column) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    const { faults, values } = read(text);
    expect(faults).toMatchObject([
      { line, column, what: expect.stringMatching(/^is not JSON: [a-z ]+$/) },
    ]);
    expect(values).toEqual([]);
  });

  test('with CRLF and every kind of value is read', () => {
    expect(read('{\r\n"a": [1e-5, "\\u00e9\\ud800", null],\r\n"b": {"a": true}\r\n}\r\n')).toEqual({
      faults: [],
      values: [{ a: [1e-5, 'é\ud800', null], b: { a: true } }],
    });
  });

  test('a value has a line and a column, by its keys; a missing one has those of the value around it', () => {
    const text = '{\r\n  "a": [1,\n    {"b/~c": true}],\n "d": 1}';
    const [document] = readJson(text).documents;
    const positionOf = (...keys: readonly string[]) => document?.positionOf(keys);
    expect(positionOf()).toEqual({ line: 1, column: 1 });
    expect(positionOf('a')).toEqual({ line: 2, column: 8 });
    expect(positionOf('a', '1', 'b/~c')).toEqual({ line: 3, column: 14 });
    expect(positionOf('a', '1', 'none')).toEqual({ line: 3, column: 5 });
  });

  test('keys are unique in each object, however they are written', () => {
    expect(
      read('{"a": 1,\n "b": {"a": 1}, "c": [{"a": 1}, {"a": 2}],\n "\\u0061": 2, "b": 0}').faults,
    ).toEqual([
      { line: 3, column: 2, what: 'has the key "a" twice: readers disagree on which one counts' },
      { line: 3, column: 15, what: 'has the key "b" twice: readers disagree on which one counts' },
    ]);
  });

  test('no key is __proto__', () => {
    expect(read('{"a": {\n"__proto__": {"admin": true}}}').faults).toMatchObject([
      { line: 2, column: 1, what: expect.stringContaining('__proto__') },
    ]);
    expect(read('{"constructor": {}, "a": "__proto__"}').faults).toEqual([]);
  });

  test('is nested 64 levels deep at most', () => {
    expect(read(nested(64)).faults).toEqual([]);
    expect(read(`{"a": ${nested(63)}}`).faults).toEqual([]);
    expect(read(nested(65)).faults).toEqual([
      { line: 1, column: 65, what: 'is nested more than 64 levels deep' },
    ]);
    expect(read(nested(200_000)).faults).toEqual([{ what: 'is nested more than 64 levels deep' }]);
  });

  test('is what JSON.parse takes', () => {
    assert(
      property(anyJson({ maxDepth: 5 }), nat(), string({ maxLength: 2 }), (json, at, inserted) => {
        const place = at % (json.length + 1);
        const text = json.slice(0, place) + inserted + json.slice(place + (at % 2));
        const expected = parsed(text);
        const { faults, values } = read(text);
        const syntax = faults.filter(({ what }) => !what.startsWith('has the key'));
        expect(syntax.length === 0).toBe(expected !== undefined);
        if (faults.length === 0) expect(values).toEqual(expected);
      }),
      { numRuns: 2000, seed: 20251113 },
    );
  });
});

function parsed(text: string): readonly unknown[] | undefined {
  try {
    return [JSON.parse(text)];
  } catch {
    return undefined;
  }
}

test('numbers that JavaScript cannot hold are noted, and nothing is wrong with them', () => {
  const text = `[${'9'.repeat(400)}, 1e400, 9007199254740993, 9007199254740992, 0.1, -0, 1e3]`;
  const { faults, notes } = readJson(text);
  expect(faults).toEqual([]);
  expect(notes.map(({ column }) => column)).toEqual([2, 404, 411]);
});
