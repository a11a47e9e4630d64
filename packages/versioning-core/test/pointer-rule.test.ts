import { describe, expect, test } from 'vitest';
import { decidePointer, type PointerRule, type Relation } from '../src/index.ts';

describe('a pointer moves forwards only', () => {
  test.each<[PointerRule, string | undefined, string, Relation, string]>([
    ['stable', undefined, '1.0.0', 'unknown', 'move'],
    ['stable', '1.0.0', '1.0.0', 'unknown', 'already'],
    ['stable', '1.0.0', '1.0.1', 'unknown', 'move'],
    ['stable', '1.10.0', '1.9.0', 'unknown', 'superseded'],
    // A backport must not take `latest`.
    ['stable', '2.0.0', '1.9.1', 'unknown', 'superseded'],
    // The first publish of a package sets `latest`, whatever it was.
    ['stable', '0.2.0-dev.20251113153211', '0.1.0', 'unknown', 'move'],
    ['forwards', '1.0.0-rc.9', '1.0.0-rc.10', 'unknown', 'move'],
    ['forwards', '1.0.0-rc.10', '1.0.0-rc.9', 'unknown', 'superseded'],
    ['forwards', '1.0.0', '1.0.0-rc.1', 'unknown', 'superseded'],
    ['forwards', '1.0.0', '1.1.0-rc.1', 'unknown', 'move'],
    ['ancestry', undefined, '0.1.0-dev.2', 'unknown', 'move'],
    ['ancestry', '0.1.0-dev.2', '0.1.0-dev.2', 'unknown', 'already'],
    ['ancestry', '0.1.0-dev.1', '0.1.0-dev.2', 'ancestor', 'move'],
    // By commit, not by time: a rebased commit may carry an older one.
    ['ancestry', '0.1.0-dev.3', '0.1.0-dev.2', 'ancestor', 'move'],
    ['ancestry', '0.1.0-dev.3', '0.1.0-dev.2', 'diverged', 'move'],
    ['ancestry', '0.1.0-dev.1', '0.1.0-dev.2', 'descendant', 'superseded'],
    ['ancestry', '0.1.0-dev.1', '0.1.0-dev.2', 'unknown', 'blocked'],
    ['ancestry', '0.1.0-dev.1', '0.1.1-dev.1', 'same', 'move'],
    ['ancestry', '0.1.1-dev.1', '0.1.0-dev.1', 'same', 'superseded'],
  ])('%s: %s → %s (%s): %s', (rule, current, ours, relation, expected) => {
    const named =
      current === undefined
        ? undefined
        : { version: current, sha: '0123456789abcdef0123456789abcdef01234567' };
    expect(
      decidePointer(
        rule,
        named,
        { version: ours, sha: '71e210beab37b68546d56dceccba18f09264ecc3' },
        relation,
      ),
    ).toBe(expected);
  });

  test.each<[PointerRule, Relation, string]>([
    ['stable', 'same', 'blocked'],
    ['forwards', 'same', 'blocked'],
    ['ancestry', 'same', 'move'],
    ['ancestry', 'ancestor', 'move'],
    ['ancestry', 'unknown', 'blocked'],
  ])('%s, when the registry does not tell the version (%s): %s', (rule, relation, expected) => {
    expect(
      decidePointer(
        rule,
        {},
        { version: '0.1.0', sha: '71e210beab37b68546d56dceccba18f09264ecc3' },
        relation,
      ),
    ).toBe(expected);
  });
});
