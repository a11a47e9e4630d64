import { describe, expect, test } from 'vitest';
import { judgeDev, judgeVersion } from '../src/pointer-rule.ts';

const sha = '71e210beab37b68546d56dceccba18f09264ecc3';
const wanted = { digest: 'sha256:ours', sha, version: '0.2.1' };
const current = { digest: 'sha256:theirs', revision: 'a'.repeat(40), version: '0.2.0' };

describe('dev follows history', () => {
  test.each([
    ['ancestor', 'move'],
    ['diverged', 'move'],
    ['same', 'move'],
    ['descendant', 'superseded'],
  ] as const)('the current commit is %s: %s', (relation, verdict) => {
    expect(judgeDev(current, wanted, relation)).toBe(verdict);
  });

  test('an unknown relation holds it', () => {
    expect(judgeDev(current, wanted, 'unknown')).toEqual({ held: expect.stringContaining('not in this clone') as string });
    expect(judgeDev({ digest: 'sha256:theirs' }, wanted, 'unknown')).toEqual({ held: expect.stringContaining('does not say') as string });
  });

  test('the same digest is there already', () => {
    expect(judgeDev({ ...current, digest: wanted.digest }, wanted, 'unknown')).toBe('already');
  });
});

describe('latest and X.Y follow versions', () => {
  test.each([
    ['latest', '0.2.0', 'move'],
    ['latest', '0.10.0', 'superseded'],
    ['latest', '1.0.0-rc.1', 'move'],
    ['latest', '9.9.9-dev.20251113153211+g71e210b', 'move'],
    ['0.2', '0.2.0', 'move'],
    ['0.2', '0.2.2', 'superseded'],
    ['0.2', '0.20.0', 'move'],
    ['0.2', 'not a version', 'move'],
  ])('%s names %s: %s', (pointer, version, verdict) => {
    expect(judgeVersion(pointer, { ...current, version }, wanted)).toBe(verdict);
  });

  test('the same version of another commit holds it; of ours it moves to our digest', () => {
    expect(judgeVersion('latest', { ...current, version: '0.2.1' }, wanted)).toEqual({ held: expect.any(String) as string });
    expect(judgeVersion('latest', { ...current, version: '0.2.1', revision: sha }, wanted)).toBe('move');
  });

  test('an image without a version holds it', () => {
    expect(judgeVersion('latest', { digest: 'sha256:x' }, wanted)).toEqual({ held: expect.any(String) as string });
  });
});
