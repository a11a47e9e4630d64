import {
  decidePointer,
  expandPointer,
  type MovingName,
  type PointerDecision,
  parseNpmVersion,
  printable,
  type Relation,
} from '@ameide/versioning-core';

/** What a moving tag names now. */
export interface Current {
  readonly digest: string;
  readonly revision?: string;
  readonly version?: string;
}

/** What the tag should name. */
export interface Wanted {
  readonly digest: string;
  readonly sha: string;
  readonly version: string;
}

/** `blocked` explains why the tag stays; `conflict` is the other commit that published our version. */
export type TagDecision =
  | 'move'
  | 'already'
  | 'superseded'
  | { readonly blocked: string }
  | { readonly conflict: string };

/** Decides about a tag that follows history, such as `dev`. `relation` is how the current commit relates to ours. */
export function decideDev(current: Current, wanted: Wanted, relation: Relation): TagDecision {
  if (current.digest === wanted.digest) return 'already';
  // Ignores the version: two commits of one second share it, but have two images.
  const decision = decidePointer(
    'ancestry',
    current.revision === undefined ? {} : { sha: current.revision },
    wanted,
    relation,
  );
  if (decision !== 'blocked') return decision;
  if (current.revision === undefined)
    return { blocked: 'the image it names does not say which commit it was built from' };
  return { blocked: `it names commit ${current.revision}, which is not in this clone` };
}

/**
 * Decides about a tag that names the highest version, such as `latest`, or the highest of its line,
 * such as `X.Y`. Replaces an image of another line, which should not be there.
 */
export function decideVersion(tag: MovingName, current: Current, wanted: Wanted): TagDecision {
  if (current.digest === wanted.digest) return 'already';
  const { version } = current;
  if (version === undefined)
    return { blocked: 'the image it names does not say which version it is' };
  const [decision = 'blocked', ...others] = new Set(
    readings(version).map((reading) => decideReading(tag, reading, wanted)),
  );
  if (decision === 'blocked' || others.length > 0) {
    return {
      blocked: `the image it names is labelled ${printable(version)}, which does not show whether it is a higher version`,
    };
  }
  if (decision !== 'already') return decision;
  if (current.revision === wanted.sha) return 'move';
  return current.revision === undefined
    ? { blocked: `it names another image of version ${printable(version)}` }
    : { conflict: current.revision };
}

function decideReading(
  { name, pattern, rule }: MovingName,
  version: string,
  wanted: Wanted,
): PointerDecision {
  const belongs = expandPointer(pattern, version) === name;
  return decidePointer(rule, belongs ? { version } : undefined, wanted, 'unknown');
}

/**
 * Returns the lowest and the highest version that a label may mean; none if it is not a version.
 * Other pipelines write `v1.4.0`, `1.4` for any image of that line, calendar versions such as
 * `2025.01`, and `1.4.0-alpine` for a stable version but `1.4.0-beta.1` for a prerelease.
 */
function readings(label: string): readonly string[] {
  const plain = label.replace(/^v/, '');
  if (parseNpmVersion(plain) !== undefined) return [plain];
  const [, major, minor, patch, suffix = ''] =
    /^(\d+)\.(\d+)(?:\.(\d+))?([-+].*)?$/.exec(plain) ?? [];
  if (major === undefined || minor === undefined) return [];
  const patches = patch === undefined ? [0, Number.MAX_SAFE_INTEGER] : [patch];
  const versions = patches.map((last) => [major, minor, last].map(Number).join('.'));
  return suffix.startsWith('-')
    ? versions.flatMap((version) => [version, `${version}-0`])
    : versions;
}
