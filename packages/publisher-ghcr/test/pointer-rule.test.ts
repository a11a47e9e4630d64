import { findMovingName, type MovingName, OCI_POINTERS } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { decideDev, decideVersion } from '../src/pointers/pointer-rule.ts';

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
    expect(decideDev(current, wanted, relation)).toBe(verdict);
  });

  test('an unknown relation holds it', () => {
    expect(decideDev(current, wanted, 'unknown')).toEqual({
      blocked: expect.stringContaining('not in this clone') as string,
    });
    expect(decideDev({ digest: 'sha256:theirs' }, wanted, 'unknown')).toEqual({
      blocked: expect.stringContaining('does not say') as string,
    });
  });

  test('the same digest is there already', () => {
    expect(decideDev({ ...current, digest: wanted.digest }, wanted, 'unknown')).toBe('already');
  });
});

/** How the default policy moves a tag. */
function tag(name: string): MovingName {
  const found = findMovingName(OCI_POINTERS, name);
  if (found === undefined) throw new Error(`no release moves ${name}`);
  return found;
}

describe('latest and X.Y follow versions', () => {
  test.each([
    ['latest', '0.2.0', 'move'],
    ['latest', '0.10.0', 'superseded'],
    ['latest', '1.0.0-rc.1', 'move'],
    ['latest', '9.9.9-dev.20251113153211+g71e210b', 'move'],
    ['0.2', '0.2.0', 'move'],
    ['0.2', '0.2.2', 'superseded'],
    ['0.2', '0.20.0', 'move'],
    // Of other pipelines.
    ['latest', 'v0.2.0', 'move'],
    ['latest', 'v1.4.0', 'superseded'],
    ['latest', '0.1', 'move'],
    ['latest', '1.4', 'superseded'],
    ['latest', '2025.11', 'superseded'],
    ['latest', 'v2025.01.07', 'superseded'],
    ['latest', '0.1.0-alpine', 'move'],
    ['latest', 'v1.0.0-rc.1', 'move'],
    ['latest', '0.10.0+5', 'superseded'],
    ['0.2', 'v0.2.2', 'superseded'],
    ['0.2', '1.4', 'move'],
  ])('%s names %s: %s', (pointer, version, verdict) => {
    expect(decideVersion(tag(pointer), { ...current, version }, wanted)).toBe(verdict);
  });

  test.each([
    ['latest', '0.2', 'any image of our own line'],
    ['latest', '1.4.0-alpine', 'a variant of a higher version, or a prerelease'],
    ['latest', 'main', 'a branch'],
    ['latest', '117', 'a number'],
    ['latest', 'v', 'nothing'],
    ['latest', '99999999999999999999.1.0', 'more than a number holds'],
    ['0.2', '0.2', 'any image of the line'],
    ['0.2', 'not a version', 'something else'],
    ['latest', '1.x\u001b[2J', 'something that must not reach a terminal'],
  ])('%s labelled %s, which may be %s, holds it', (pointer, version) => {
    const verdict = decideVersion(tag(pointer), { ...current, version }, wanted);
    expect(verdict).toEqual({
      blocked: expect.stringMatching(
        /^the image it names is labelled "[ -~]+", which does not show/,
      ) as string,
    });
  });

  test('the same version of another commit is a conflict, of an unknown one it holds it; of ours it moves to our digest', () => {
    const theirs = { ...current, version: '0.2.1' };
    expect(decideVersion(tag('latest'), theirs, wanted)).toEqual({ conflict: theirs.revision });
    const { digest, version } = theirs;
    expect(decideVersion(tag('latest'), { digest, version }, wanted)).toEqual({
      blocked: expect.any(String) as string,
    });
    expect(
      decideVersion(tag('latest'), { ...current, version: '0.2.1', revision: sha }, wanted),
    ).toBe('move');
  });

  test('an image without a version holds it', () => {
    expect(decideVersion(tag('latest'), { digest: 'sha256:x' }, wanted)).toEqual({
      blocked: expect.any(String) as string,
    });
  });
});
