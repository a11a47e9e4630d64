import {
  type Coordinate,
  type Finding,
  findAnswer,
  formatCoordinate,
  type Problem,
  type Published,
  problem,
} from '@ameide/versioning-core';
import { type PublisherRun, statesOf } from './publisher-run.ts';

/**
 * Returns one finding for each coordinate of a plan. Third parties can write publishers, so a
 * coordinate that one leaves out is `unknown`, never `absent`.
 */
export function everyFinding(
  coordinates: readonly Coordinate[],
  findings: readonly Finding[] = [],
): readonly Finding[] {
  return coordinates.map(
    (coordinate) => findAnswer(coordinate, findings) ?? { coordinate, state: 'unknown' },
  );
}

/**
 * Returns why a finding stops the release before anything is written: it, or one of its files, is
 * in conflict or unknown.
 */
export function findingProblems(finding: Finding): Problem[] {
  const states = statesOf(finding);
  if (states.includes('conflict')) return [finding.problem ?? conflict(finding)];
  if (states.includes('unknown')) return [finding.problem ?? noAnswer(finding.coordinate)];
  return [];
}

/**
 * Returns a finding as a conflict if its artifact names our commit and has other bytes than the run's
 * reproducible build: whoever may write to the registry can publish an artifact that names our commit.
 */
export function comparedWithBuild(
  finding: Finding,
  { built, isReproducible }: Pick<PublisherRun, 'built' | 'isReproducible'>,
): Finding {
  if (!isReproducible || built === undefined || finding.builtAs !== undefined) return finding;
  const { coordinate, files } = finding;
  const other = (files ?? [{ ...finding, name: formatCoordinate(coordinate) }]).find(
    ({ state }) => state === 'same-source',
  );
  if (other === undefined) return finding;
  const ours = built.artifacts.find(
    (one) =>
      formatCoordinate(one.coordinate) === formatCoordinate(coordinate) &&
      (files === undefined || one.name === other.name),
  );
  return {
    ...finding,
    state: 'conflict',
    problem: otherBytesThere(coordinate, other, ours?.digest),
  };
}

function otherBytesThere(
  coordinate: Coordinate,
  { digest = 'other bytes', name: file }: { readonly digest?: string; readonly name: string },
  ours: string | undefined,
): Problem {
  const name = formatCoordinate(coordinate);
  const what = file === name ? '' : ` as ${file}`;
  const made = ours === undefined ? 'makes no such file' : `makes ${ours}`;
  return problem({
    code: 'other-bytes-there',
    kind: 'conflict',
    message: `${name} is already on the registry${what} and names our commit, but it is ${digest}, and this commit ${made}.`,
    hint:
      'Nothing was overwritten. If you published it with another version of ameide-release, another definition or another origin, publish with those again, ' +
      'or move a pointer to it yourself (ameide-release move-pointer). Otherwise somebody else wrote it: find out who, and release another commit.',
    coordinate: name,
  });
}

/**
 * Returns what is wrong with an artifact that we read back after publishing. If it was not
 * published, its problem is already known.
 */
export function readBackProblems(finding: Finding, published: Published | undefined): Problem[] {
  const states = statesOf(finding);
  if (states.includes('conflict')) {
    const wasPublished = published?.outcome === 'published';
    return findingProblems(finding).map((found) =>
      wasPublished ? { ...found, effect: 'unknown' } : found,
    );
  }
  if (published === undefined || !isThere(published)) return [];
  if (states.includes('unknown')) return [notReadBack(finding)];
  if (states.includes('absent')) return [notVisible(finding)];
  return isWhatWasPublished(finding, published) ? [] : [otherBytes(finding, published)];
}

/** True if the publisher reports that the registry has the coordinate. */
export function isThere({ outcome }: Published): boolean {
  return outcome === 'published' || outcome === 'already-there';
}

/**
 * True if the registry has the bytes that were built, in every file, or the digest that the
 * publisher reported (an image may get a further tag for an earlier build of the commit). An
 * artifact that existed before only has to name our commit.
 */
function isWhatWasPublished(
  { state, digest, files = [] }: Finding,
  { digest: reported, outcome }: Published,
): boolean {
  if (reported !== undefined && digest !== undefined && digest !== reported) return false;
  if (outcome === 'already-there' || state === 'identical') return true;
  const areFilesIdentical = files.every((file) => file.state === 'identical');
  return reported !== undefined && digest === reported && areFilesIdentical;
}

function conflict({ coordinate, sha }: Finding): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'built-from-another-commit',
    kind: 'conflict',
    message: `${name} exists already, built from ${sha ?? 'a commit that it does not name'}.`,
    hint: 'Nothing was overwritten. Raise the base version, or build the commit that it was built from.',
    coordinate: name,
  });
}

export function noAnswer(coordinate: Coordinate): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'registry-no-answer',
    kind: 'incomplete',
    message: `The registry did not say whether ${name} exists.`,
    hint: 'Run the same command again; nothing was written.',
    coordinate: name,
  });
}

const RUN_AGAIN =
  'No pointer was moved. Run the same command again later: it reads the registry first and uploads nothing twice.';

function notVisible({ coordinate, state }: Finding): Problem {
  const name = formatCoordinate(coordinate);
  const what = state === 'absent' ? 'it' : 'all of its files';
  return problem({
    code: 'not-visible-yet',
    kind: 'unknown',
    message: `${name} was accepted, but the registry does not show ${what} yet.`,
    hint: RUN_AGAIN,
    coordinate: name,
  });
}

function notReadBack({ coordinate, problem: cause }: Finding): Problem {
  const name = formatCoordinate(coordinate);
  return problem({
    code: 'not-read-back',
    kind: 'unknown',
    message: `${name} was accepted, but could not be read back${cause === undefined ? '.' : `: ${cause.message}`}`,
    hint: cause?.hint === undefined ? RUN_AGAIN : `${cause.hint} ${RUN_AGAIN}`,
    coordinate: name,
    ...(cause?.rerun === 'after-fix' ? { rerun: 'after-fix' } : {}),
    cause,
  });
}

function otherBytes({ coordinate, digest, files = [] }: Finding, published: Published): Problem {
  const name = formatCoordinate(coordinate);
  const others = files.filter(({ state }) => state === 'same-source');
  const served = others.map((file) => `${file.name} ${file.digest ?? ''}`.trim()).join(', ');
  const reported = published.digest === undefined ? '' : ` with digest ${published.digest}`;
  return problem({
    code: 'other-bytes-served',
    kind: 'conflict',
    message: `${name} was published${reported}, and the registry serves ${served || (digest ?? 'other bytes')}.`,
    hint: 'No pointer was moved. Find out who wrote to the registry before you publish anything else under this version.',
    coordinate: name,
    effect: 'committed',
  });
}
