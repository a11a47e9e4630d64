import {
  type Finding,
  formatCoordinate,
  type Problem,
  type Published,
} from '@ameide/versioning-core';
import { isThere } from './answers.ts';
import { findingProblem } from './findings.ts';
import { statesOf } from './lane.ts';

/**
 * What is wrong with what was read back after publishing. Of what was not published, the reason is
 * told already.
 */
export function readBackProblems(finding: Finding, published: Published | undefined): Problem[] {
  const states = statesOf(finding);
  const wasSent = published?.outcome === 'published';
  if (states.includes('conflict'))
    return findingProblem(finding).map((problem) =>
      wasSent ? { ...problem, effect: 'unknown' } : problem,
    );
  if (published === undefined || !isThere(published)) return [];
  if (states.includes('unknown')) return [notReadBack(finding)];
  if (states.includes('absent')) return [notVisible(finding)];
  return isAsTold(finding, published) ? [] : [otherBytes(finding, published)];
}

/**
 * What was published must be there with the bytes that were built, every file of it, or with the
 * digest that the publisher told: an image may get a further tag for what an earlier build of the
 * commit made. What was there before need only be our commit's.
 */
function isAsTold({ state, digest, files = [] }: Finding, published: Published): boolean {
  const told = published.digest;
  if (told !== undefined && digest !== undefined && digest !== told) return false;
  if (published.outcome === 'already-there' || state === 'identical') return true;
  return told !== undefined && digest === told && files.every((file) => file.state === 'identical');
}

const NO_POINTER =
  'No pointer was moved. Run the same command again later: it reads the registry first and uploads nothing twice.';

function notVisible(finding: Finding): Problem {
  const coordinate = formatCoordinate(finding.coordinate);
  return {
    code: 'not-visible-yet',
    kind: 'unknown',
    message: `${coordinate} was accepted, but the registry does not show ${finding.state === 'absent' ? 'it' : 'all of its files'} yet.`,
    hint: NO_POINTER,
    coordinate,
    effect: 'unknown',
    rerun: 'safe',
  };
}

function notReadBack(finding: Finding): Problem {
  const { problem } = finding;
  const coordinate = formatCoordinate(finding.coordinate);
  const why = problem === undefined ? '.' : `: ${problem.message}`;
  return {
    code: 'not-read-back',
    kind: 'unknown',
    message: `${coordinate} was accepted, but could not be read back${why}`,
    hint: problem?.hint === undefined ? NO_POINTER : `${problem.hint} ${NO_POINTER}`,
    coordinate,
    effect: 'unknown',
    rerun: problem?.rerun === 'after-fix' ? 'after-fix' : 'safe',
    ...(problem === undefined ? {} : { cause: problem }),
  };
}

function otherBytes(finding: Finding, published: Published): Problem {
  const coordinate = formatCoordinate(finding.coordinate);
  const other = finding.files
    ?.filter(({ state }) => state === 'same-source')
    .map(({ name, digest }) => `${name} ${digest ?? ''}`.trim());
  const served =
    other === undefined || other.length === 0
      ? (finding.digest ?? 'other bytes')
      : other.join(', ');
  return {
    code: 'other-bytes-served',
    kind: 'conflict',
    message: `${coordinate} was published${published.digest === undefined ? '' : ` with digest ${published.digest}`}, and the registry serves ${served}.`,
    hint: 'No pointer was moved. Find out who wrote to the registry before anything else is published under this version.',
    coordinate,
    effect: 'committed',
    rerun: 'never',
  };
}
