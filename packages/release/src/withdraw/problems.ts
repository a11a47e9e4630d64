import {
  type BaseVersion,
  didYouMean,
  formatCoordinate,
  InvalidInputError,
  inputProblem,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import { isMarked, markWord } from '../run/marks.ts';
import { versionFacts } from '../run/version-facts.ts';
import type { ListedRun } from '../run/version-lists.ts';
import type { Wish } from './decide.ts';
import type { ArtifactWithdrawal } from './withdrawal-report.ts';

/** A problem, with the id of the publisher that it is about. */
export interface OwnedProblem {
  readonly problem: Problem;
  readonly id: string | undefined;
}

export function notReleased(to: string, prefix = 'v'): InvalidInputError {
  return new InvalidInputError({
    field: 'to',
    received: to,
    expected: `a release of this repository: it has no tag ${prefix}${to}`,
    hint: 'Fetch the tags (git fetch --tags), or publish that release first.',
  });
}

/** Nobody may be sent to a release that some registry shows as withdrawn. */
export function replacementWithdrawn(
  to: BaseVersion,
  lists: readonly ListedRun[],
  others: readonly BaseVersion[],
): Problem {
  const marks = lists.flatMap(({ list }) =>
    (list?.versions ?? []).filter(
      (one) => isMarked(one) && versionFacts(one.coordinate).tagged === to,
    ),
  );
  const shown = marks.map((one) => `${formatCoordinate(one.coordinate)} is ${markWord(one)}`);
  const [highest] = others;
  return problem({
    code: 'replacement-withdrawn',
    kind: 'policy',
    message: `Nobody can be sent to ${to}, which is withdrawn itself: ${shown.join(', ')}. Nothing was changed.`,
    hint: `Name another release with --to${highest === undefined ? '' : ` (${highest})`}, or take the mark of ${to} back first.`,
    field: 'to',
  });
}

/** An older checkout must not take back what the repository released since. */
export function laterReleased(later: readonly BaseVersion[], to: BaseVersion): Problem {
  const [highest = ''] = later;
  return problem({
    code: 'later-release-published',
    kind: 'policy',
    message: `${later.join(', ')} is a release of this repository, made after ${to}: migrate takes back only what was published before it. Nothing was changed.`,
    hint: `Check out the newest commit, or name it with --to ${highest}. To take it back: ameide-release withdraw ${highest}.`,
    field: 'to',
  });
}

/** Exit 0 must not mean that a release of another name stays. */
export function unknownRelease(version: string, lists: readonly ListedRun[]): Problem {
  const known = new Set(
    lists.flatMap(({ list }) =>
      (list?.versions ?? []).flatMap(({ coordinate }) => versionFacts(coordinate).tagged ?? []),
    ),
  );
  const shown = [...known].toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const list =
    shown.length === 0
      ? 'They have none.'
      : `They have ${shown.slice(0, SHOWN).join(', ')}${shown.length > SHOWN ? ' and older ones' : ''}.`;
  const meant = didYouMean(version, shown);
  return inputProblem(
    new InvalidInputError(
      {
        field: 'version',
        received: version,
        expected: 'a release or candidate that a registry of this release has; nothing was changed',
        hint: meant === undefined ? list : `${meant} ${list}`,
      },
      'unknown-release',
    ),
  );
}

const SHOWN = 10;

/** The artifacts whose registry has nothing that people could get instead. */
export function withoutReplacement(
  artifacts: readonly ArtifactWithdrawal[],
): readonly ArtifactWithdrawal[] {
  return artifacts.filter(
    ({ replacement, versions }) => versions.length > 0 && replacement === undefined,
  );
}

/** Nobody may be sent to a version that is not there. */
export function absences(
  artifacts: readonly ArtifactWithdrawal[],
  { to }: Wish,
): readonly OwnedProblem[] {
  return withoutReplacement(artifacts).map(({ name, publisher, registry }) => ({
    id: publisher,
    problem: inputProblem(
      new InvalidInputError(
        {
          field: 'to',
          ...(to === undefined ? {} : { received: to }),
          expected: `a release that ${registry} has of ${name} and that is not withdrawn, so that people can be sent to it; nothing was changed`,
          hint: 'Publish it first: ameide-release publish. Or name another release with --to.',
        },
        'replacement-not-published',
      ),
    ),
  }));
}
