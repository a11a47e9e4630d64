import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Lineage,
  parseDateTime,
  parseSha,
  problem,
} from '@ameide/versioning-core';
import {
  deriveGo,
  type GoModule,
  type GoModulePath,
  matchesPathMajor,
  type ParsedGoVersion,
  parseGoVersion,
} from '@ameide/versioning-core/go';

// `go` checks these parts of a pseudo-version: `checkCanonical` and `validatePseudoVersion` in
// cmd/go/internal/modfetch/coderepo.go. The commit's time must be right, and some commit before it
// must have the version tag. Any such tag will do, so a pseudo-version stays valid after a later
// tag.

/**
 * Returns the parts of a pseudo-version; undefined for one that `go` refuses for every commit of
 * this module.
 */
export function readPseudoVersion(
  version: string,
  { major }: GoModulePath,
): ParsedGoVersion | undefined {
  const parsed = parseGoVersion(version);
  // "major version without preceding tag must be v0, not v1"
  const isStart = parsed?.baseTag !== undefined || major !== '' || version.startsWith('v0.');
  return isStart && matchesPathMajor(version, major) ? parsed : undefined;
}

/** Returns the version that `go` gives to a commit with these tags. `time` is in Unix seconds. */
export function goVersionOf(
  { sha, time }: { readonly sha: string; readonly time: number },
  lineage: Lineage,
  module: GoModule,
): string {
  const commit = { sha: parseSha(sha), datetime: parseDateTime(time) };
  return deriveGo(commit, { kind: 'dev' }, lineage, module).version;
}

/** True if a tag, without its module's prefix, is the version `base`, ignoring build metadata. */
export function isBaseTag(tag: string, base: string): boolean {
  return tag === base || tag.startsWith(`${base}+`);
}

/** The finding for a version that `go` refuses for every commit of the module. */
export function noVersion(coordinate: Coordinate): Finding {
  return refused(
    coordinate,
    'it makes no version of that form for this module',
    'Compare it with the one in go.mod or go.sum.',
  );
}

/** The finding for a version whose time is not its commit's time, `stamp`. */
export function otherTime(coordinate: Coordinate, commit: string, stamp: string): Finding {
  return refused(
    coordinate,
    `the time of commit ${commit} is ${stamp}`,
    rightVersion(coordinate, commit),
  );
}

/** The finding for a version that follows a tag which no earlier commit has. */
export function noBase(coordinate: Coordinate, commit: string, tag: string): Finding {
  return refused(
    coordinate,
    `no commit before ${commit} has the tag ${tag}`,
    rightVersion(coordinate, commit),
  );
}

function rightVersion({ name }: Coordinate, commit: string): string {
  return `To get the version of that commit, run: go list -m ${name}@${commit}`;
}

function refused(coordinate: Coordinate, why: string, hint: string): Finding {
  return {
    coordinate,
    state: 'absent',
    problem: problem({
      code: 'go-invalid-version',
      kind: 'input',
      message: `go refuses ${formatCoordinate(coordinate)}: ${why}.`,
      hint,
      coordinate: formatCoordinate(coordinate),
      rerun: 'never',
    }),
  };
}
