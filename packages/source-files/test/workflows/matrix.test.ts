import { expect, test } from 'vitest';
import {
  commandWithMatrix,
  matrixRows,
  readShell,
  readYaml,
  withMatrix,
} from '../../src/workflows/index.ts';

function rows(matrix: string): readonly Readonly<Record<string, string>>[] | undefined {
  const { root } = readYaml(`strategy: { matrix: ${matrix} }`);
  if (root?.kind !== 'map') throw new Error('not a map');
  return matrixRows(root)?.map((row) => Object.fromEntries(row));
}

test('the runs of a matrix are those that GitHub makes', () => {
  expect(rows('{ os: [a, b], node: ["20"] }')).toEqual([
    { os: 'a', node: '20' },
    { os: 'b', node: '20' },
  ]);
  expect(rows('{ include: [{ dir: x, Name: y }, { dir: z }] }')).toEqual([
    { dir: 'x', name: 'y' },
    { dir: 'z' },
  ]);
  // The example of GitHub's documentation.
  expect(
    rows(
      '{ fruit: [apple, pear], animal: [cat, dog], include: [{ color: green }, { color: pink, animal: cat }, { fruit: apple, shape: circle }, { fruit: banana }, { fruit: banana, animal: cat }] }',
    ),
  ).toEqual([
    { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
    { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', color: 'pink' },
    { fruit: 'pear', animal: 'dog', color: 'green' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ]);
  expect(rows('{ os: [a, b], exclude: [{ os: b }] }')).toEqual([{ os: 'a' }]);
  expect(rows('{ target: [{ dir: x, tag: y }] }')).toEqual([
    { 'target.dir': 'x', 'target.tag': 'y' },
  ]);
});

test('what an expression makes is not known', () => {
  expect(rows('"${{ fromJSON(needs.a.outputs.all) }}"')).toBeUndefined();
  expect(rows('{ dir: [a], include: "${{ fromJSON(inputs.all) }}" }')).toBeUndefined();
  expect(rows('{ dir: "${{ fromJSON(inputs.all) }}", include: [{ dir: a }] }')).toBeUndefined();
  expect(rows('{ dir: [a], os: "${{ fromJSON(inputs.all) }}" }')).toEqual([{ dir: 'a' }]);
});

test('values are written where their expressions are', () => {
  const row = new Map([
    ['dir', 'sdk/go'],
    ['args', 'a b'],
  ]);
  expect(withMatrix('a/${{ matrix.dir }}/${{ matrix.other }}', row)).toBe(
    'a/sdk/go/${{ matrix.other }}',
  );
  const [command] = readShell('make -C "x/${{ matrix.Dir }}/y" ${{ matrix.args }}');
  const words = command === undefined ? [] : commandWithMatrix(command, row).words;
  expect(words.map(({ value }) => value)).toEqual([
    'make',
    '-C',
    'x/sdk/go/y',
    '\uE000'.repeat('${{ matrix.args }}'.length),
  ]);
});
