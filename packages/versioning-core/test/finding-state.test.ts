import { array, assert, constantFrom, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyFinding, isOurs } from '../src/index.ts';

test.each([
  ['absent', false],
  ['identical', true],
  ['same-source', true],
  ['conflict', false],
  ['unknown', false],
] as const)('%s: ours %s', (state, expected) => {
  expect(isOurs(state)).toBe(expected);
});

describe('what is found under a coordinate', () => {
  const ours = { digest: 'd1', sha: 'a' };

  test.each([
    ['nothing there', 'absent', ours, 'absent'],
    ['no answer', 'unknown', ours, 'unknown'],
    ['our bytes and our SHA', { digests: ['d1'], sha: 'a' }, ours, 'identical'],
    ['our bytes, and the registry drops the SHA', { digests: ['d1'] }, ours, 'identical'],
    ['our bytes, one digest among several', { digests: ['d0', 'd1'] }, ours, 'identical'],
    ['other bytes of our commit', { digests: ['d2'], sha: 'a' }, ours, 'same-source'],
    ['our commit, and no digest is told', { sha: 'a' }, ours, 'same-source'],
    ['our commit before the build', { digests: ['d2'], sha: 'a' }, { sha: 'a' }, 'same-source'],
    ['another commit', { digests: ['d2'], sha: 'b' }, ours, 'conflict'],
    ['other bytes that name no commit', { digests: ['d2'] }, ours, 'conflict'],
    ['nothing said of itself', {}, ours, 'conflict'],
    ['any commit, for a trace', { digests: ['d2'], sha: 'b' }, {}, 'same-source'],
    ['no commit, for a trace', { digests: ['d2'] }, {}, 'conflict'],
  ] as const)('%s', (_title, found, expected, state) => {
    expect(classifyFinding(found, expected)).toBe(state);
  });

  const text = constantFrom('a', 'b', 'c');
  const found = record({ digests: array(text), sha: text }, { requiredKeys: [] });
  const expected = record({ digest: text, sha: text }, { requiredKeys: [] });

  test('is identical if, and only if, a digest is the built one', () => {
    assert(
      property(found, expected, (there, here) => {
        const hasOurBytes =
          here.digest !== undefined && (there.digests ?? []).includes(here.digest);
        expect(classifyFinding(there, here) === 'identical').toBe(hasOurBytes);
      }),
    );
  });

  test('is never absent or unknown, and ours only with our bytes or a commit that may be ours', () => {
    assert(
      property(found, expected, (there, here) => {
        const state = classifyFinding(there, here);
        expect(['absent', 'unknown']).not.toContain(state);
        if (state !== 'same-source') return;
        expect(there.sha).toBeDefined();
        expect([undefined, there.sha]).toContain(here.sha);
      }),
    );
  });
});
