import { describe, expect, test } from 'vitest';
import { readYaml } from '../src/check/yaml.ts';

function read(text: string) {
  const { faults, documents } = readYaml(text);
  return { faults, values: documents.map(({ value }) => value) };
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('YAML', () => {
  test.each([
    ['a:\n\tb: 1\n', 2, 'Tabs are not allowed as indentation'],
    ['a: 1\nb: [1,\n', 3, 'Flow sequence'],
    ['a: b: c\n', 1, 'Nested mappings'],
    ['a: 1\n  b: 2\n', 1, 'Nested mappings'],
    ['a: @x\n', 1, 'Plain value cannot start with reserved character @'],
    ['a: "x\n', 2, 'Missing closing'],
    ['a: 1\n---\nb: [\n', 4, 'Flow sequence'],
    [
      '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> main\n',
      1,
      'Implicit keys need to be on a single line',
    ],
    ['a: {{ value }}\n', 1, 'has a list or a map for a key, as an unquoted {{ template }} is'],
  ])('%j is refused in line %i', (text, line, what) => {
    const { faults, values } = read(text);
    expect(faults[0]).toMatchObject({ line, what: expect.stringContaining(what) });
    expect(values).toEqual([]);
  });

  test.each([
    'password: "hunter2\n',
    '- a\nhunter2\n',
    'a: 1\n hunter2: 2\n',
    'a: @hunter2\n',
    'a: [1] hunter2\n',
    'a: *hunter2\n',
    '{hunter2\n',
    'a: |hunter2\n b\n',
    'a: "\\Uhunter2x"\n',
    'a: !hunter2!x b\n',
  ])('the faults of %j quote nothing of it', (text) => {
    const { faults } = read(text);
    expect(faults).not.toEqual([]);
    expect(JSON.stringify(faults)).not.toContain('hunter');
  });

  test('several documents, CRLF, comments, tags and anchors are read', () => {
    const text =
      '# first\r\na: &x {b: 1}\r\nc: *x\r\n---\r\n- !vault secret\r\n- !!str 1\r\n---\r\n';
    expect(read(text)).toEqual({
      faults: [],
      values: [{ a: { b: 1 }, c: { b: 1 } }, ['secret', '1'], null],
    });
    // Were it no value, an emptied file would fit every schema.
    expect(read('')).toEqual({ faults: [], values: [null] });
  });

  test('a value has a line and a column, by its keys; one behind an alias has those of the alias', () => {
    const { documents } = readYaml('a: 1\n---\nx: &x {b: 1}\nlist:\n  - c: 2\n  - *x\n7: z\n');
    const positionOf = (...keys: readonly string[]) => documents[1]?.positionOf(keys);
    expect(positionOf()).toEqual({ line: 3, column: 1 });
    expect(positionOf('x', 'b')).toEqual({ line: 3, column: 11 });
    expect(positionOf('list', '0', 'c')).toEqual({ line: 5, column: 8 });
    expect(positionOf('list', '1', 'b')).toEqual({ line: 6, column: 5 });
    expect(positionOf('none')).toEqual({ line: 3, column: 1 });
    expect(readYaml('').documents[0]?.positionOf(['a'])).toEqual({ line: 1, column: 1 });
  });

  test('keys are unique in each map', () => {
    const { faults } = read('a: 1\nb:\n  a: 2\n"a": 3\n1: x\n"1": y\n---\na: 1\n');
    expect(faults).toEqual([
      { line: 4, column: 1, what: 'has the key "a" twice: readers disagree on which one counts' },
      { line: 6, column: 1, what: 'has the key "1" twice: readers disagree on which one counts' },
    ]);
    expect(read('- &k a\n- *k : 1\n  a: 2\n').faults).toMatchObject([
      { line: 3, what: expect.stringContaining('"a" twice') },
    ]);
    // Quadratic comparison of keys would not finish.
    const many = Array.from({ length: 50_000 }, (_, n) => `key${n}: ${n}\n`).join('');
    expect(read(`${many}key7: x\n`).faults).toMatchObject([
      { line: 50_001, what: expect.stringContaining('"key7" twice') },
    ]);
  });

  test('no key is __proto__, a list or a map', () => {
    expect(read('a:\n  __proto__: {admin: true}\n').faults).toMatchObject([
      { line: 2, what: expect.stringContaining('__proto__') },
    ]);
    expect(read('? [a, b]\n: 1\n').faults).toMatchObject([
      { line: 1, what: expect.stringContaining('a list or a map for a key') },
    ]);
    expect(read('x: &l [a]\ny:\n  *l : 1\n').faults).toMatchObject([
      { line: 3, what: expect.stringContaining('a list or a map') },
    ]);
  });

  test('is nested 64 levels deep at most', () => {
    const what = 'is nested more than 64 levels deep';
    expect(read(nested(64)).faults).toEqual([]);
    expect(read(nested(65)).faults).toEqual([{ line: 1, column: 65, what }]);
    expect(read(`${'- '.repeat(65)}a`).faults).toMatchObject([{ what }]);
    expect(read(nested(20_000)).faults).toMatchObject([
      { what: expect.stringMatching(/nested|not YAML/) },
    ]);
  });

  test('aliases have an anchor before them, and expand to 100000 values at most', () => {
    expect(read('a: *x\nb: &x 1\n').faults).toMatchObject([
      { line: 1, what: 'has an alias without an anchor before it' },
    ]);
    expect(read('a: &x [1, *x]\n').faults).toMatchObject([
      { line: 1, what: 'has an alias inside of its own anchor' },
    ]);
    // Every use of an anchor counts, so that many uses of small ones are fine.
    expect(read(`a: &x 1\nb: [${'*x, '.repeat(5000)}]\n`).faults).toEqual([]);
    const levels = Array.from(
      { length: 9 },
      (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n}, `.repeat(10)}]\n`,
    ).join('');
    const laughs = read(`l0: &l0 lol\n${levels}`);
    expect(laughs).toMatchObject({
      faults: [{ line: 6, what: 'has aliases that expand to more than 100000 values' }],
      values: [],
    });
  });

  test('an alias of a name that is used again means the last anchor before it', () => {
    expect(read('a: &x {b: 1}\nc: &x 2\nd: *x\n').values).toEqual([{ a: { b: 1 }, c: 2, d: 2 }]);
    expect(read('- &x [1]\n- &x a\n- *x : 1\n').values).toEqual([[[1], 'a', { a: 1 }]]);
  });
});
