import {
  expandPointer,
  findMovingName,
  InvalidInputError,
  isOciTag,
  managesName,
  movingNames,
  OCI_POINTERS,
  type PointerPolicy,
  pointerPolicy,
} from '@ameide/versioning-core';
import { custom } from '@ameide/versioning-core/options';
import { describe, expect, test } from 'vitest';

const check = pointerPolicy(
  custom((value) => typeof value === 'string' && isOciTag(value), 'a tag'),
  OCI_POINTERS,
);

/** The release of version 1.4.2 on a channel, as far as names depend on it. */
function on(kind: 'release' | 'candidate' | 'dev' | 'pull-request'): never {
  return { channel: { kind }, versions: { target: '1.4.2' } } as never;
}

function names(policy: PointerPolicy, kind: Parameters<typeof on>[0]): readonly string[] {
  const whole = { ...OCI_POINTERS, ...check(policy, 'movingTags') };
  return movingNames(whole, on(kind)).map(({ name, rule }) => `${name} ${rule}`);
}

describe('the names that a policy moves', () => {
  test.each<[string, PointerPolicy, Parameters<typeof on>[0], string[]]>([
    ['the defaults of a release', {}, 'release', ['1.4 stable', 'latest stable']],
    ['the defaults of a candidate', {}, 'candidate', []],
    ['the defaults of a dev build', {}, 'dev', ['dev ancestry']],
    ['a pull request moves none', { dev: 'edge' }, 'pull-request', []],
    ['none', { release: null }, 'release', []],
    ['an empty list', { release: [] }, 'release', []],
    ['a name twice', { release: ['stable', 'stable'] }, 'release', ['stable stable']],
    [
      'major and line',
      { release: ['X', 'release-X.Y'] },
      'release',
      ['1 stable', 'release-1.4 stable'],
    ],
    [
      'letters in words stay',
      { release: ['Xavier', 'FOXY'] },
      'release',
      ['Xavier stable', 'FOXY stable'],
    ],
    ['a dev build leads to its target', { dev: 'dev-X.Y' }, 'dev', ['dev-1.4 ancestry']],
    ['a name that a person moves', { release: 'X.Y', byHand: 'latest' }, 'release', ['1.4 stable']],
    [
      'a name that candidates move too goes forwards among prereleases',
      { release: ['latest', 'next'], candidate: 'next' },
      'release',
      ['latest stable', 'next forwards'],
    ],
  ])('%s', (_, policy, kind, expected) => {
    expect(names(policy, kind)).toEqual(expected);
  });

  test('a name is checked with its numbers', () => {
    expect(check({ release: ['X.Y'] }, 'movingTags')).toEqual({ release: ['X.Y'] });
    expect(() => check({ release: ['X.Y', 'a b'] }, 'movingTags')).toThrow(
      expect.objectContaining({ field: 'movingTags.release[1]' }) as InvalidInputError,
    );
    expect(() => check({ dev: 7 }, 'movingTags')).toThrow(InvalidInputError);
    expect(() => check({ main: 'dev' }, 'movingTags')).toThrow(InvalidInputError);
  });

  test.each<[string, string | undefined]>([
    ['latest', 'latest stable'],
    ['1.4', 'X.Y stable'],
    ['release-0.10', 'release-X.Y stable'],
    ['v2', 'vX stable'],
    ['next', 'next forwards'],
    ['dev', 'dev ancestry'],
    ['1', undefined],
    ['1.4.2', undefined],
    ['release-1.4-x', undefined],
    ['somebody-elses', undefined],
  ])('%s is moved as %s', (name, expected) => {
    const policy = {
      release: ['latest', 'X.Y', 'vX', 'release-X.Y'],
      candidate: 'next',
      dev: 'dev',
      byHand: null,
    };
    const found = findMovingName(policy, name);
    expect(found && `${found.pattern} ${found.rule}`).toBe(expected);
  });

  test.each<[string, string, boolean]>([
    ['latest', '1.4.2', true],
    ['latest', 'v1.4.2', true],
    ['latest', '1.5.0-dev.20251114090200', false],
    ['latest', 'source-71e210b', false],
    ['1.4', '1.4.2', true],
    ['1.4', '1.5.0', false],
    ['next', '1.5.0-rc.1', true],
    ['dev', '71e210beab37e1a3cc1b4b3ba1e4e6e4dcf4a9c4', true],
    ['dev', '1.4.2', true],
    ['somebody-elses', '1.4.2', false],
  ])('%s may name %s: %s', (name, version, expected) => {
    const policy = { release: ['latest', 'X.Y'], candidate: 'next', dev: 'dev', byHand: null };
    expect(managesName(policy, name, version)).toBe(expected);
  });

  test.each<[string, PointerPolicy, string]>([
    [
      'an X that is glued to a word',
      { release: ['latest', 'releaseX.Y'] },
      'movingTags.release[1]',
    ],
    ['a Y that is glued to a number', { release: 'X.0Y' }, 'movingTags.release'],
    ['latest for dev builds', { dev: ['edge', 'latest'] }, 'movingTags.dev'],
    ['latest for candidates', { candidate: 'latest' }, 'movingTags.candidate'],
    ['the version itself', { release: 'X.Y.Z' }, 'movingTags.release'],
    ['a name of releases and dev builds', { release: ['latest', 'dev'] }, 'movingTags'],
    ['a name of candidates and dev builds', { candidate: 'edge', dev: 'edge' }, 'movingTags'],
    ['a name that a pattern gives, too', { release: 'line-X', dev: 'line-1' }, 'movingTags'],
  ])('%s is refused', (_, policy, field) => {
    expect(() => check(policy, 'movingTags')).toThrow(
      expect.objectContaining({ field }) as InvalidInputError,
    );
  });

  test('a version belongs under a name if the pattern gives that name', () => {
    expect(expandPointer('X.Y', '1.5.0-rc.1')).toBe('1.5');
    expect(expandPointer('latest', '1.5.0')).toBe('latest');
    // As docker/metadata-action's `v{{major}}.{{minor}}` writes them.
    expect(expandPointer('vX.Y', '1.5.0')).toBe('v1.5');
    expect(expandPointer('edge-vX', '1.5.0')).toBe('edge-v1');
    expect(expandPointer('NEXT', '1.5.0')).toBe('NEXT');
  });
});

describe('a name that only a person moves', () => {
  const policy = { ...OCI_POINTERS, release: 'X.Y', byHand: ['latest', 'stable-X.Y'] };
  test.each([
    ['latest', '1.4.2', true],
    ['latest', '1.4.2-rc.1', false],
    ['stable-1.4', '1.4.2', true],
    ['stable-1.4', '1.5.0', false],
    ['edge', '1.4.2', false],
  ])('%s may name %s: %s', (name, version, expected) => {
    expect(managesName(policy, name, version)).toBe(expected);
  });
  test.each(['latest', 'X.Y'])('is none that a release moves, such as %s', (byHand) => {
    expect(() => check({ byHand }, 'movingTags')).toThrow(/movingTags\.byHand/);
  });
  test('is checked as the others are', () => {
    expect(() => check({ byHand: 'no tag' }, 'movingTags')).toThrow(/movingTags\.byHand/);
  });
});
