import type { ChannelKind } from '../canonical/channel.ts';

/**
 * The names that a build of a channel moves: one, several, or none (null). In a name, an `X` and a
 * `Y` that stand alone, or after a `v` that does, are the major and the minor number: `X.Y`, `vX`
 * and `release-X.Y` are `0.1`, `v0` and `release-0.1` for version 0.1.2.
 */
export type PointerNames = string | readonly string[] | null;

/** A user's choice of names. A channel that is left out has the ecosystem's own. */
export interface PointerPolicy {
  readonly release?: PointerNames;
  readonly candidate?: PointerNames;
  readonly dev?: PointerNames;
  /** Names of stable versions that no build moves, only a person: `ameide-release move-pointer`. Default none. */
  readonly byHand?: PointerNames;
}

/** npm's dist-tags by default. */
export const NPM_POINTERS: Required<PointerPolicy> = {
  release: 'latest',
  candidate: 'next',
  dev: 'dev',
  byHand: null,
};

/** An image's moving tags by default. */
export const OCI_POINTERS: Required<PointerPolicy> = {
  release: ['X.Y', 'latest'],
  candidate: null,
  dev: 'dev',
  byHand: null,
};

/** Returns the patterns of the names that a channel's build moves; none for a pull request. */
export function pointerPatterns(
  policy: Required<PointerPolicy>,
  kind: ChannelKind,
): readonly string[] {
  return kind === 'pull-request' ? [] : listOf(policy[kind]);
}

/** Returns the patterns of the names that only a person moves. */
export function patternsByHand({ byHand }: Required<PointerPolicy>): readonly string[] {
  return listOf(byHand);
}

function listOf(names: PointerNames): readonly string[] {
  if (names === null) return [];
  return typeof names === 'string' ? [names] : [...new Set(names)];
}

/** Returns the name that a pattern gives for a version: `release-0.1` for `release-X.Y` and `0.1.2`. */
export function expandPointer(pattern: string, version: string): string {
  const [major = '', minor = ''] = version.split('.');
  return pattern.replace(
    /(?<![A-Za-z0-9])(v?)([XY])(?![A-Za-z0-9])/g,
    (_, before: string, letter) => before + (letter === 'X' ? major : minor),
  );
}

/** True for a name with an `X` or `Y` that looks like a number of the version, and is none: `releaseX.Y`. */
export function hasLostNumber(pattern: string): boolean {
  return /[a-z0-9][XY](?![A-Za-z0-9])/.test(expandPointer(pattern, '0.0.0'));
}
