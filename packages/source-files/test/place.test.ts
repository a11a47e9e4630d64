import { placeAt } from '@ameide/source-files/text';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

test.each([
  ['abc', 0, 1, 1],
  ['abc', 2, 1, 3],
  ['a\nbc', 2, 2, 1],
  ['a\r\nbc', 4, 2, 2],
  ['\n\n', 2, 3, 1],
])('in %j the character at %i is in line %i, column %i', (text, start, line, column) => {
  expect(placeAt('file', text, start, start)).toEqual({
    path: 'file',
    line,
    column,
    start,
    end: start,
  });
});

test('line and column lead back to the offset', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 5 })), fc.nat(), (parts, at) => {
      const text = parts.join('\n');
      const start = at % (text.length + 1);
      const { column, line } = placeAt('file', text, start, start);
      const before = text
        .split('\n')
        .slice(0, line - 1)
        .map((one) => one.length + 1);
      expect(before.reduce((sum, one) => sum + one, 0) + column - 1).toBe(start);
    }),
  );
});
