import type { Coordinate, Finding, Step } from '@ameide/versioning-core';
import { canonical, formatCoordinate, isPseudoVersion } from '@ameide/versioning-core';
import { silent } from '../silent.ts';
import type { MirrorCommit } from './commit.ts';
import type { Located, Mirror } from './mirror.ts';
import type { MirrorRefs } from './refs.ts';
import { commitAt, shaOfSourceTag } from './refs.ts';
import { resolvedBy } from './resolved.ts';

/** Which source commit a version, a pseudo-version or a `source-<sha>` of the mirror names. */
export async function inspectCoordinate(coordinate: Coordinate, url: string, mirror: Mirror, step: Step): Promise<Finding> {
  const { version, name } = coordinate;
  const answer = await mirror.refs(step);
  if ('failure' in answer) return silent(coordinate, url, answer.failure);
  const at = isPseudoVersion(version) ? locatePseudo(version, answer.refs) : locateTag(version, answer.refs);
  if (at === undefined) return { coordinate, state: 'absent' };
  const found = await mirror.read(at, step);
  if ('failure' in found) return silent(coordinate, url, found.failure);
  // `go` refuses a pseudo-version with another time than its commit's (invalid pseudo-version: does not match version-control timestamp).
  if (isPseudoVersion(version) && version.slice(-27, -13) !== stampOf(found)) return { coordinate, state: 'absent' };
  const resolved =
    shaOfSourceTag(version) === undefined ? undefined : await resolvedBy(found, { modulePath: name, refs: answer.refs, mirror, step });
  const told = resolved === undefined ? {} : { resolved };
  if (found.sha !== undefined) return { coordinate, state: 'same-source', digest: at.commit, sha: found.sha, ...told };
  const problem = {
    code: 'go-not-ours',
    kind: 'conflict',
    message: `${formatCoordinate(coordinate)} is commit ${at.commit} of ${url}, which names no source commit.`,
    hint: 'It was not published by this publisher.',
    coordinate: formatCoordinate(coordinate),
    effect: 'none',
    rerun: 'never',
  } as const;
  return { coordinate, state: 'conflict', digest: at.commit, problem };
}

function locateTag(tag: string, refs: MirrorRefs): Located | undefined {
  const commit = commitAt(tag, refs);
  return commit === undefined ? undefined : { ref: `refs/tags/${tag}`, commit };
}

/** Every commit that was published has a tag; a branch may hold one whose tag was deleted since. */
function locatePseudo(version: string, { sources, versions, branches }: MirrorRefs): Located | undefined {
  const all = [
    ...[...sources, ...versions].map(([tag, commit]) => ({ ref: `refs/tags/${tag}`, commit })),
    ...[...branches].map(([branch, commit]) => ({ ref: `refs/heads/${branch}`, commit })),
  ];
  return all.find(({ commit }) => commit.startsWith(version.slice(-12)));
}

function stampOf({ commit, time }: MirrorCommit): string {
  return canonical({ base: '0.0.0', sha: commit, datetime: time }).datetime;
}
