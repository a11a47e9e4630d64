import { type Finding, parseCoordinate, problem } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { combine } from '../../src/inventory/answers.ts';

const COORDINATE = parseCoordinate('npm:@acme/sdk@1.0.0');
const [X, Y] = ['a'.repeat(40), 'b'.repeat(40)];
const SILENT = problem({ code: 'npm-no-answer', kind: 'incomplete', message: 'It is silent.' });

const at = (registry: string, finding: object) => ({
  registry,
  value: [{ coordinate: COORDINATE, ...finding } as Finding],
  problems: [],
});
const published = (sha?: string) => ({ state: 'published', ...(sha === undefined ? {} : { sha }) });

test('two registries that name different commits are a conflict, not the answer of the first', () => {
  const answer = combine(COORDINATE, [at('one', published(X)), at('two', published(Y))]);
  expect(answer).toEqual({ state: 'conflict', shas: [X, Y] });
});

test('what another registry lacks is told', () => {
  expect(
    combine(COORDINATE, [
      at('one', published(X)),
      at('two', { state: 'absent' }),
      at('three', published()),
      at('four', published(X)),
    ]),
  ).toEqual({
    state: 'known',
    sha: X,
    problems: [],
    notes: [
      'npm:@acme/sdk@1.0.0: two does not have it, another registry does.',
      'npm:@acme/sdk@1.0.0: three names no commit for it, another registry does.',
    ],
  });
});

test('a registry that does not answer may name another commit', () => {
  const failed = { registry: 'two', value: undefined, problems: [SILENT] };
  expect(combine(COORDINATE, [at('one', published(X)), failed])).toMatchObject({
    state: 'known',
    problems: [SILENT],
  });
  const unknown = at('two', { state: 'unknown', problem: SILENT });
  expect(combine(COORDINATE, [at('one', published(X)), unknown])).toMatchObject({
    state: 'known',
    problems: [SILENT],
    notes: [],
  });
  expect(combine(COORDINATE, [at('one', { state: 'absent' }), failed])).toEqual({
    state: 'no-answer',
    problem: SILENT,
  });
});
