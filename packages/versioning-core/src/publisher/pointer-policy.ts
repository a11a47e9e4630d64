import parse from 'semver/functions/parse.js';
import { InvalidInputError } from '../errors.ts';
import { type Check, listOf, optional, shape } from '../options/index.ts';
import {
  expandPointer,
  hasLostNumber,
  type PointerNames,
  type PointerPolicy,
  patternsByHand,
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
  /** `ancestry` if dev builds move it, `forwards` if candidates do, else `stable`. */
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

/**
 * Returns how the policy moves a name, whatever the channel, or lets a person move it; undefined if it never
 * does.
 */
export function findMovingName(
  policy: Required<PointerPolicy>,
  name: string,
): MovingName | undefined {
  const moved = CHANNELS.flatMap((channel) => pointerPatterns(policy, channel));
  const patterns = [...moved, ...patternsByHand(policy)];
  const pattern = patterns.find((one) => isNameOf(one, name));
  return pattern === undefined ? undefined : { name, pattern, rule: ruleOf(policy, pattern) };
}

/**
 * True for a name that the policy moves; with a version, only if the name may name that version:
 * `latest` only a stable one, `0.1` only 0.1.x. A version that is not SemVer (a commit) may only have
 * names that dev builds move.
 */
export function managesName(
  policy: Required<PointerPolicy>,
  name: string,
  version?: string,
): boolean {
  const moving = findMovingName(policy, name);
  if (moving === undefined || version === undefined) return moving !== undefined;
  const parsed = parse(version);
  if (parsed === null) return moving.rule === 'ancestry';
  const isStable = parsed.prerelease.length === 0;
  return (
    expandPointer(moving.pattern, parsed.version) === name && (isStable || moving.rule !== 'stable')
  );
}

const CHANNELS = ['release', 'candidate', 'dev'] as const;

function isNameOf(pattern: string, name: string): boolean {
  const numbers = /\d+/g;
  const candidates = Array.from(name.matchAll(numbers), ([number]) => number);
  // The numbers that a name has are the only ones that X and Y can be.
  const versions = candidates.flatMap((major) => candidates.map((minor) => `${major}.${minor}.0`));
  return [...versions, '0.0.0'].some((version) => expandPointer(pattern, version) === name);
}

function ruleOf(policy: Required<PointerPolicy>, pattern: string): PointerRule {
  if (pointerPatterns(policy, 'dev').includes(pattern)) return 'ancestry';
  return pointerPatterns(policy, 'candidate').includes(pattern) ? 'forwards' : 'stable';
}

/**
 * Checks a policy. `name` checks each name, with numbers in place of `X` and `Y`. `latest` names
 * stable versions only, and each name moves by one rule: with dev builds by history, else by
 * version. `defaults` are the names of the channels that the policy leaves out.
 */
export function pointerPolicy(
  name: Check<string>,
  defaults: Required<PointerPolicy>,
): Check<PointerPolicy> {
  const pattern: Check<string> = (value, field, code) => {
    if (typeof value !== 'string') return name(value, field, code);
    if (/(?<![A-Za-z0-9])Z(?![A-Za-z0-9])/.test(value)) throw immutable(value, field, code);
    if (hasLostNumber(value)) throw glued(value, field, code);
    name(expandPointer(value, '1.2.3'), field, code);
    return value;
  };
  const several = listOf(pattern, 'a list of names');
  const some: Check<PointerNames> = (value, field, code) => {
    if (value === null) return null;
    return Array.isArray(value) ? several(value, field, code) : pattern(value, field, code);
  };
  const names = optional(some);
  const check = shape<PointerPolicy>({
    release: names,
    candidate: names,
    dev: names,
    byHand: names,
  });
  return (value, field = 'pointers', code) => {
    const policy = check(value, field, code);
    for (const channel of ['candidate', 'dev'] as const) {
      if (![policy[channel]].flat().includes('latest')) continue;
      const expected = 'another name: latest names stable versions only';
      throw new InvalidInputError(
        { field: `${field}.${channel}`, received: 'latest', expected },
        code,
      );
    }
    const whole = { ...defaults, ...policy };
    const twice = findTwofold(whole);
    if (twice !== undefined) throw twofold(twice, field, code);
    const both = patternsByHand(whole).find((one) => isMoved(one, whole));
    if (both !== undefined) throw movedAnyway(both, field, code);
    return policy;
  };
}

/** Returns a name that two channels move by different rules. */
function findTwofold(policy: Required<PointerPolicy>): string | undefined {
  const all = CHANNELS.flatMap((channel) =>
    pointerPatterns(policy, channel).map((pattern) => ({ channel, pattern })),
  );
  const pairs = all.flatMap((one) => all.map((other) => [one, other] as const));
  const found = pairs.find(([one, other]) => {
    if (one.channel === other.channel) return false;
    const isShared = one.pattern === other.pattern;
    if (isShared) return one.channel === 'dev' || other.channel === 'dev';
    return isNameOf(one.pattern, expandPointer(other.pattern, '1.2.3'));
  });
  return found?.[1].pattern;
}

function isMoved(byHand: string, policy: Required<PointerPolicy>): boolean {
  const moved = CHANNELS.flatMap((channel) => pointerPatterns(policy, channel));
  return moved.some((pattern) => isNameOf(pattern, expandPointer(byHand, '1.2.3')));
}

function movedAnyway(received: string, field: string, code?: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: `${field}.byHand`,
      received,
      expected: 'names that no build moves',
      hint: `Leave it out of the names that releases move: ${field}: { release: null, byHand: '${received}' }, or the other names in place of null.`,
    },
    code,
  );
}

function twofold(received: string, field: string, code?: string): InvalidInputError {
  return new InvalidInputError(
    {
      field,
      received,
      expected: 'other names for dev builds than for releases and candidates',
      hint: 'Dev builds move a name by history, releases by version: moved by both, it would go backwards. A channel that is left out has its default names; null means none.',
    },
    code,
  );
}

/** It would be published as it is written: `releaseX.2`. */
function glued(received: string, field = 'pointers', code?: string): InvalidInputError {
  const expected = 'an X or Y that stands alone, or after a v: release-X.Y, vX.Y';
  return new InvalidInputError({ field, received, expected }, code);
}

function immutable(received: string, field?: string, code?: string): InvalidInputError {
  return new InvalidInputError(
    {
      field: field ?? 'pointers',
      received,
      expected: 'a name with X and Y at most, for example X.Y or release-X.Y',
      hint: 'X.Y.Z is the version itself, which never moves.',
    },
    code,
  );
}
