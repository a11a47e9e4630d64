import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  parseDateTime,
  type Step,
} from '@ameide/versioning-core';
import {
  type GoModulePath,
  isPseudoVersion,
  type ParsedGoVersion,
} from '@ameide/versioning-core/go';
import { conflict, noAnswer } from '../problems.ts';
import { isBaseTag, noBase, noVersion, otherTime, readPseudoVersion } from '../pseudo-version.ts';
import type { MirrorCommit } from './commit.ts';
import type { Located, Mirror } from './mirror.ts';
import { commitAt, type MirrorRefs, shaOfSourceTag, versionsAt } from './refs.ts';
import { resolvedBy, versionsBefore } from './resolved.ts';

interface Tracing {
  readonly url: string;
  readonly module: GoModulePath;
  readonly mirror: Mirror;
  readonly step: Step;
}

/** Finds the source commit of a version, a pseudo-version or a `source-<sha>` of the mirror. */
export async function inspectCoordinate(
  coordinate: Coordinate,
  tracing: Tracing,
): Promise<Finding> {
  const { version } = coordinate;
  const { url, module, mirror, step } = tracing;
  const pseudo = isPseudoVersion(version) ? readPseudoVersion(version, module) : undefined;
  if (isPseudoVersion(version) && pseudo === undefined) return noVersion(coordinate);
  const answer = await mirror.refs(step);
  if ('failure' in answer) return noAnswer(coordinate, url, answer.failure);
  const { refs } = answer;
  const at = locate(version, refs);
  if (at === undefined) return { coordinate, state: 'absent' };
  const found = await mirror.read(at, step);
  if ('failure' in found) return noAnswer(coordinate, url, found.failure);
  const refusal =
    pseudo === undefined
      ? undefined
      : await findWrongPart(coordinate, pseudo, found, { ...tracing, refs });
  if (refusal !== undefined) return refusal;
  const resolving = { modulePath: module.path, refs, mirror, step };
  const resolved =
    shaOfSourceTag(version) === undefined ? undefined : await resolvedBy(found, resolving);
  const named = resolved === undefined ? {} : { resolved };
  return found.sha === undefined
    ? notOurs(coordinate, at.commit, url)
    : { coordinate, state: 'same-source', digest: at.commit, sha: found.sha, ...named };
}

function notOurs(coordinate: Coordinate, commit: string, url: string): Finding {
  const problem = conflict(coordinate, {
    code: 'go-not-ours',
    message: `${formatCoordinate(coordinate)} is commit ${commit} of ${url}, which names no source commit.`,
    hint: 'This publisher did not publish it.',
  });
  return { coordinate, state: 'conflict', digest: commit, problem };
}

/** Explains why a pseudo-version is not one of the mirror commit that it abbreviates. */
async function findWrongPart(
  coordinate: Coordinate,
  { datetime, baseTag }: ParsedGoVersion,
  found: MirrorCommit,
  { refs, url, mirror, step }: Tracing & { readonly refs: MirrorRefs },
): Promise<Finding | undefined> {
  const stamp = parseDateTime(found.time);
  if (stamp !== datetime) return otherTime(coordinate, found.commit, stamp);
  if (baseTag === undefined) return undefined;
  const isBase = (tag: string): boolean => isBaseTag(tag, baseTag);
  if (![...refs.versions.keys()].some(isBase)) return noBase(coordinate, found.commit, baseTag);
  if (versionsAt(found.commit, refs).some((tag) => isBase(tag) && tag !== baseTag))
    return undefined;
  for await (const before of versionsBefore(found, { refs, mirror, step })) {
    if ('failure' in before) return noAnswer(coordinate, url, before.failure);
    if (before.tags.some(isBase)) return undefined;
  }
  return noBase(coordinate, found.commit, baseTag);
}

/** Finds the commit of a tag of ours or of a pseudo-version, of which it reads only the commit's digits. */
export function locate(version: string, refs: MirrorRefs): Located | undefined {
  if (isPseudoVersion(version)) return locateShort(version.slice(-SHORT_SHA), refs);
  const commit = commitAt(version, refs);
  return commit === undefined ? undefined : { ref: `refs/tags/${version}`, commit };
}

/** A pseudo-version ends in the first 12 digits of its commit (https://go.dev/ref/mod#pseudo-versions). */
const SHORT_SHA = 12;

/**
 * Finds a commit by its first digits. Every published commit has a tag, but somebody may have
 * deleted it, so this also looks at branches.
 */
function locateShort(
  shortSha: string,
  { sources, versions, branches }: MirrorRefs,
): Located | undefined {
  const all = [
    ...[...sources, ...versions].map(([tag, commit]) => ({ ref: `refs/tags/${tag}`, commit })),
    ...[...branches].map(([branch, commit]) => ({ ref: `refs/heads/${branch}`, commit })),
  ];
  return all.find(({ commit }) => commit.startsWith(shortSha));
}
