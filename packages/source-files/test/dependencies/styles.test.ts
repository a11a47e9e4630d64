import { expect, test } from 'vitest';
import { dependenciesOf, editDependencies } from '../../src/dependencies/index.ts';
import { applyEdits } from '../../src/text/index.ts';
import { after, before, STYLES } from './styles.ts';

test.each(STYLES)('$path: $style', ({ path, text, to }) => {
  const old = before(text);
  const dependencies = dependenciesOf(path, old);
  const changes = dependencies.flatMap((dependency) => {
    const requirement = to[dependency.name];
    return requirement === undefined ? [] : [{ dependency, requirement }];
  });
  expect(new Set(changes.map(({ dependency }) => dependency.name))).toEqual(
    new Set(Object.keys(to)),
  );
  const { edits = [], refused } = editDependencies(path, old, changes);
  expect(refused).toBeUndefined();
  expect(applyEdits(old, edits)).toBe(after(text));
  // A second time nothing is left to do.
  const again = dependenciesOf(path, after(text));
  expect(
    editDependencies(
      path,
      after(text),
      again.flatMap((dependency) => {
        const requirement = to[dependency.name];
        return requirement === undefined ? [] : [{ dependency, requirement }];
      }),
    ),
  ).toEqual({ edits: [] });
});

test('there are as many styles as the tables say', () => {
  expect(STYLES.length).toBeGreaterThanOrEqual(60);
  expect(STYLES.every(({ text }) => before(text) !== after(text))).toBe(true);
});
