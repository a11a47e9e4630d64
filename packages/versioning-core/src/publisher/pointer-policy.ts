import { type Check, listOf, nullable, optional, shape, union } from '../options/index.ts';
import {
  expandPointer,
  type PointerNames,
  type PointerPolicy,
  pointerPatterns,
} from '../versions/pointer-names.ts';
import type { PointerRule } from './pointer-rule.ts';
import type { Release } from './release.ts';

/** One name that a release moves. */
export interface MovingName {
  /** `release-0.1`. */
  readonly name: string;
  /** As the policy has it, `release-X.Y`. */
  readonly pattern: string;
  /**
   * Suits every channel that moves the name: `ancestry` if dev builds do, else `forwards` if
   * candidates do, else `stable`.
   */
  readonly rule: PointerRule;
}

/** Returns the names that a release moves, in the policy's order; none for a pull request. */
export function movingNames(
  policy: Required<PointerPolicy>,
  { channel, versions }: Pick<Release, 'channel' | 'versions'>,
): readonly MovingName[] {
  return pointerPatterns(policy, channel.kind).map((pattern) => ({
    name: expandPointer(pattern, versions.target),
    pattern,
    rule: ruleOf(policy, pattern),
  }));
}

function ruleOf(policy: Required<PointerPolicy>, pattern: string): PointerRule {
  if (pointerPatterns(policy, 'dev').includes(pattern)) return 'ancestry';
  return pointerPatterns(policy, 'candidate').includes(pattern) ? 'forwards' : 'stable';
}

/** Checks a policy. `name` checks each name, with numbers in place of `X` and `Y`. */
export function pointerPolicy(name: Check<string>): Check<PointerPolicy> {
  const pattern: Check<string> = (value, field, code) => {
    if (typeof value !== 'string') return name(value, field, code);
    name(expandPointer(value, '1.2.3'), field, code);
    return value;
  };
  const names = optional<PointerNames>(
    nullable(union<[string, readonly string[]]>(pattern, listOf(pattern, 'a list of names'))),
  );
  return shape<PointerPolicy>({ release: names, candidate: names, dev: names });
}
