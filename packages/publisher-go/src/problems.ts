import { GitError, type RemoteFailure, remoteProblem } from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  failed,
  formatCoordinate,
  movePointerCommand,
  ok,
  type Pointer,
  type Problem,
  type ProblemInput,
  problem,
  type Result,
} from '@ameide/versioning-core';

/** The finding if the host did not answer: unknown, which never counts as absent. */
export function noAnswer(coordinate: Coordinate, url: string, failure: RemoteFailure): Finding {
  const what = `read ${url}`;
  return {
    coordinate,
    state: 'unknown',
    problem: remoteProblem({ code: 'go', what, failure, coordinate: formatCoordinate(coordinate) }),
  };
}

/** The problem of a mirror that could not be read. */
export function unreadable(url: string, failure: RemoteFailure): Problem {
  return remoteProblem({ code: 'go', what: `read ${url}`, failure });
}

/**
 * Lists the files of a published version. Returns a problem if they cannot be read: git may fetch a
 * commit that lacks a file, or that no client can unpack.
 */
export async function readVersion<T>(
  version: string,
  where: string,
  read: () => Promise<T>,
): Promise<Result<T>> {
  try {
    return ok(await read());
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const failure = { kind: 'other', message: error.message } as const;
    const unread = remoteProblem({ code: 'go', what: `read ${version} of ${where}`, failure });
    return failed({ ...unread, hint: UNREAD_HINT });
  }
}

const UNREAD_HINT =
  'If a file is missing, this clone lacks it: in a partial clone run git fetch --refetch --no-filter. Otherwise find out who pushed that commit.';

/** The problem of a version tag on another commit. The tag does not move. */
export function tagExists(coordinate: Coordinate, where: string): Problem {
  return conflict(coordinate, {
    code: 'go-tag-exists',
    message: `Could not publish ${formatCoordinate(coordinate)}: ${where}.`,
    hint: 'We never move a tag, because that would break go.sum for ever. Raise the base version.',
  });
}

export function conflict(
  coordinate: Coordinate,
  input: Pick<ProblemInput, 'code' | 'message' | 'hint'>,
): Problem {
  return problem({ kind: 'conflict', coordinate: formatCoordinate(coordinate), ...input });
}

/**
 * Reported before anything is written: the branch is older than this publisher, or somebody moved
 * it.
 */
export function notOurs(named: Pointer, current: string, url: string): Problem {
  const { pointer } = named;
  const back = movePointerCommand({ ...named, version: 'VERSION' }, current);
  return problem({
    code: 'go-branch-not-ours',
    kind: 'incomplete',
    message: `Branch ${pointer} of ${url} names ${current}, which was not published from this repository.`,
    hint: `To continue from it with a higher version, add takeOver: '${current}' to goModule. Otherwise rename that branch on its host (a default branch cannot be deleted), or choose another one with goModule's branches. If versions of ours are published there already, put it on one of them: ${back}`,
    rerun: 'after-fix',
  });
}
