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

// What `go` asks of a pseudo-version: `checkCanonical` and `validatePseudoVersion` in
// cmd/go/internal/modfetch/coderepo.go. The commit's time and a version tag on some commit before
// it have to be right. Any such tag will do: a pseudo-version from before a later tag stays valid.

/**
 * The parts of a pseudo-version. Undefined for one that `go` refuses for every commit of this
 * module.
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

/**
 * The version that `go` gives to a commit when these are the tags; `time` in Unix seconds.
 */
export function goVersionOf(
  { sha, time }: { readonly sha: string; readonly time: number },
  lineage: Lineage,
  module: GoModule,
): string {
  const commit = { sha: parseSha(sha), datetime: parseDateTime(time) };
  return deriveGo(commit, { kind: 'dev' }, lineage, module).version;
}

/**
 * Whether a tag without its module's prefix is the version `base`: build metadata does not count.
 */
export function isBaseTag(tag: string, base: string): boolean {
  return tag === base || tag.startsWith(`${base}+`);
}

/** There is no such version: `go` refuses it for every commit of the module. */
export function noVersion(coordinate: Coordinate): Finding {
  return refused(
    coordinate,
    'it makes none of that form for this module',
    'Compare it with the one in go.mod or go.sum.',
  );
}

/** There is no such version: the time in it is not its commit's, `stamp`. */
export function otherTime(coordinate: Coordinate, commit: string, stamp: string): Finding {
  return refused(
    coordinate,
    `the time of commit ${commit} is ${stamp}`,
    rightVersion(coordinate, commit),
  );
}

/** There is no such version: the tag that it comes after is on no commit before its own. */
export function noBase(coordinate: Coordinate, commit: string, tag: string): Finding {
  return refused(
    coordinate,
    `no commit before ${commit} has the tag ${tag}`,
    rightVersion(coordinate, commit),
  );
}

function rightVersion({ name }: Coordinate, commit: string): string {
  return `Ask for the version of that commit: go list -m ${name}@${commit}`;
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
