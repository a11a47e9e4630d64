import { describe, expect, test } from 'vitest';
import { decide } from '../src/decide.ts';
import type { PypiBuilt, PypiFile } from '../src/index.ts';
import { classifyVersion, type ExistingFile, type Expected } from '../src/inspect.ts';
import { OTHER_SHA, SHA } from './plan.fixture.ts';

const coordinate = { ecosystem: 'pypi', name: 'a', version: '1.0' } as const;
const WHEEL = 'a-1.0-py3-none-any.whl';
const LINUX = 'a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl';
const SDIST = 'a-1.0.tar.gz';
const ours = { sha: SHA, url: `https://x/commit/${SHA}` };
const other = { sha: OTHER_SHA, url: `https://x/commit/${OTHER_SHA}` };
const digests = new Map([
  [WHEEL, 'w'],
  [SDIST, 's'],
]);
const after: Expected = { sha: SHA, digests };
const before: Expected = { sha: SHA, sdist: SDIST, wheelPrefix: 'a-1.0-' };
const trouble = {
  code: 'pypi-network',
  message: 'x',
  kind: 'incomplete',
  effect: 'none',
  rerun: 'safe',
} as const;
const file = (name: string, kind: PypiFile['kind'], sha256: string): PypiFile => ({
  name,
  kind,
  sha256,
  path: `/${name}`,
  fields: [],
});
const built: PypiBuilt = {
  artifacts: [],
  files: [file(WHEEL, 'wheel', 'w'), file(SDIST, 'sdist', 's')],
};

// One line a case: what is there, what is expected, the state, and each file's state in the order of
// their names.
const CASES: readonly [string, readonly ExistingFile[], Expected, string, string][] = [
  ['nothing', [], after, 'absent', ''],
  [
    'both, with our digests',
    [
      { name: WHEEL, sha256: 'w' },
      { name: SDIST, sha256: 's' },
    ],
    after,
    'identical',
    'identical identical',
  ],
  ['one of ours', [{ name: WHEEL, sha256: 'w' }], after, 'same-source', 'identical absent'],
  [
    'other bytes of our commit',
    [
      { name: WHEEL, sha256: 'x', source: ours },
      { name: SDIST, sha256: 's' },
    ],
    after,
    'same-source',
    'same-source identical',
  ],
  [
    'one file of another commit',
    [
      { name: WHEEL, sha256: 'x', source: other },
      { name: SDIST, sha256: 's' },
    ],
    after,
    'conflict',
    'conflict identical',
  ],
  [
    'one file that names none',
    [
      { name: WHEEL, sha256: 'w' },
      { name: SDIST, sha256: 'x', source: { missing: 'it has none' } },
    ],
    after,
    'conflict',
    'identical conflict',
  ],
  [
    'one file that cannot be read',
    [
      { name: WHEEL, sha256: 'w' },
      { name: SDIST, problem: trouble },
    ],
    after,
    'unknown',
    'identical unknown',
  ],
  [
    'a conflict beside one that cannot be read',
    [
      { name: WHEEL, problem: trouble },
      { name: SDIST, source: other },
    ],
    after,
    'conflict',
    'unknown conflict',
  ],
  [
    'another platform’s wheel of our commit',
    [
      { name: LINUX, sha256: 'l', source: ours },
      { name: WHEEL, sha256: 'w' },
      { name: SDIST, sha256: 's' },
    ],
    after,
    'identical',
    'same-source identical identical',
  ],
  [
    'another platform’s wheel of another commit',
    [
      { name: LINUX, sha256: 'l', source: other },
      { name: WHEEL, sha256: 'w' },
      { name: SDIST, sha256: 's' },
    ],
    after,
    'conflict',
    'conflict identical identical',
  ],
  [
    'a wheel alone, before the build',
    [{ name: WHEEL, source: ours }],
    before,
    'same-source',
    'same-source absent',
  ],
  [
    'an sdist alone, before the build',
    [{ name: SDIST, source: ours }],
    before,
    'same-source',
    'absent same-source',
  ],
  [
    'both, before the build',
    [
      { name: WHEEL, source: ours },
      { name: SDIST, source: ours },
    ],
    before,
    'same-source',
    'same-source same-source',
  ],
  [
    'an sdist and another platform’s wheel, before the build',
    [
      { name: LINUX, source: ours },
      { name: SDIST, source: ours },
    ],
    before,
    'same-source',
    'absent same-source same-source',
  ],
  [
    'any one commit, for a trace',
    [
      { name: WHEEL, source: other },
      { name: SDIST, source: other },
    ],
    {},
    'same-source',
    'same-source same-source',
  ],
  [
    'two commits, for a trace',
    [
      { name: WHEEL, source: ours },
      { name: SDIST, source: other },
    ],
    {},
    'conflict',
    'conflict conflict',
  ],
];

describe('judging what an index holds', () => {
  test.each(CASES)('%s', (_title, existing, expected, state, files) => {
    for (const order of [existing, existing.toReversed()]) {
      const finding = classifyVersion(coordinate, order, expected);
      expect(finding.state).toBe(state);
      expect((finding.files ?? []).map((one) => one.state).join(' ')).toBe(files);
      expect(finding.problem !== undefined).toBe(state === 'conflict' || state === 'unknown');
    }
  });

  test('a file that names no commit is told as such', () => {
    const finding = classifyVersion(
      coordinate,
      [{ name: WHEEL, source: { missing: 'its metadata has no "Source Commit" project URL' } }],
      before,
    );
    expect(finding.problem?.message).toBe(
      'pypi:a==1.0 already holds a-1.0-py3-none-any.whl: its metadata has no "Source Commit" project URL.',
    );
    expect(finding).not.toHaveProperty('sha');
  });
});

describe('deciding what to upload', () => {
  const uploads = (existing: readonly ExistingFile[]) => {
    const decision = decide(classifyVersion(coordinate, existing, after), built);
    return 'upload' in decision
      ? decision.upload.map(({ name }) => name)
      : decision.published.outcome;
  };

  test('what is absent, when what is there is ours', () => {
    expect(uploads([])).toEqual([WHEEL, SDIST]);
    expect(uploads([{ name: WHEEL, sha256: 'w' }])).toEqual([SDIST]);
    expect(uploads([{ name: LINUX, sha256: 'l', source: ours }])).toEqual([WHEEL, SDIST]);
  });

  test('nothing else', () => {
    expect(
      uploads([
        { name: WHEEL, sha256: 'w' },
        { name: SDIST, sha256: 'x', source: ours },
      ]),
    ).toBe('already-there');
    expect(uploads([{ name: WHEEL, sha256: 'x', source: ours }])).toBe('incomplete');
    expect(uploads([{ name: WHEEL, problem: trouble }])).toBe('incomplete');
    expect(uploads([{ name: LINUX, source: other }])).toBe('conflict');
  });
});

test.each([
  ['1.0.dev20251113153211', /commit again/],
  ['1.0.0rc1', new RegExp(`^1\\.0\\.0rc1 was released from ${OTHER_SHA}: raise the base`)],
  ['1.0.0', new RegExp(`^1\\.0\\.0 was released from ${OTHER_SHA}: raise the base`)],
])('the hint of a conflict at %s', (version, hint) => {
  const { problem } = classifyVersion(
    { ...coordinate, version },
    [{ name: SDIST, sha256: 'x', source: other }],
    before,
  );
  expect(problem?.hint).toMatch(hint);
});
