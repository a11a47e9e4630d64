import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Pointer,
  type PointerMove,
  type Problem,
  type Published,
} from '@ameide/versioning-core';

// A publisher may be anyone's. What it leaves out is unknown, never well.

/** One finding for each coordinate of a plan: `unknown` where the publisher said nothing. */
export function everyFinding(
  coordinates: readonly Coordinate[],
  findings: readonly Finding[],
): readonly Finding[] {
  return coordinates.map(
    (coordinate) => answerFor(coordinate, findings) ?? { coordinate, state: 'unknown' },
  );
}

/** One outcome for each coordinate of a plan, with a problem unless it is a good one. */
export function everyOutcome(
  coordinates: readonly Coordinate[],
  published: readonly Published[],
): readonly Published[] {
  return coordinates.map((coordinate) => {
    const answer: Published = answerFor(coordinate, published) ?? {
      coordinate,
      outcome: 'unknown',
    };
    if (isThere(answer) || answer.problem !== undefined) return answer;
    return { ...answer, problem: unexplained(answer) };
  });
}

/** A publisher's word that the coordinate is on the registry. */
export function isThere({ outcome }: Published): boolean {
  return outcome === 'published' || outcome === 'already-there';
}

/**
 * One move for each pointer of a plan, then what the publisher told beyond them. What is not told
 * of was held, with a problem.
 */
export function everyMove(
  pointers: readonly Pointer[],
  moves: readonly PointerMove[],
): readonly PointerMove[] {
  const told = pointers.map(
    (pointer) =>
      moves.find((move) => samePointer(move.pointer, pointer)) ??
      ({ pointer, outcome: 'held' } as const),
  );
  return [...told, ...moves.filter((move) => !told.includes(move))].map((move) =>
    move.outcome === 'held' && move.problem === undefined
      ? { ...move, problem: held(move.pointer) }
      : move,
  );
}

export function samePointer(a: Pointer, b: Pointer): boolean {
  return a.ecosystem === b.ecosystem && a.name === b.name && a.pointer === b.pointer;
}

function held({ ecosystem, name, pointer }: Pointer): Problem {
  const message = `The pointer ${pointer} of ${ecosystem}:${name} could not be moved safely.`;
  const hint = 'Run the same command again: it reads the registry first.';
  return { code: 'pointer-held', kind: 'incomplete', message, hint, effect: 'none', rerun: 'safe' };
}

function answerFor<T extends { readonly coordinate: Coordinate }>(
  coordinate: Coordinate,
  answers: readonly T[],
): T | undefined {
  const name = formatCoordinate(coordinate);
  return answers.find((answer) => formatCoordinate(answer.coordinate) === name);
}

function unexplained({ coordinate, outcome }: Published): Problem {
  const name = formatCoordinate(coordinate);
  const about = {
    coordinate: name,
    hint: 'Run the same command again: it reads the registry first.',
  } as const;
  if (outcome === 'conflict') {
    const message = `${name} is on the registry already, and is not what this commit gives.`;
    return {
      ...about,
      code: 'conflict',
      kind: 'conflict',
      message,
      effect: 'none',
      rerun: 'never',
      hint: 'Release under a new version.',
    };
  }
  const message = `The publisher does not say what became of ${name}.`;
  return outcome === 'unknown'
    ? {
        ...about,
        code: 'outcome-unknown',
        kind: 'unknown',
        message,
        effect: 'unknown',
        rerun: 'safe',
      }
    : {
        ...about,
        code: 'not-published',
        kind: 'incomplete',
        message: `${name} was not published.`,
        effect: 'none',
        rerun: 'safe',
      };
}
