import type { Problem } from '@ameide/versioning-core';
import type { RemoteFailure } from './remote.ts';

export interface RemoteProblem {
  /** Prefix of the problem's code: `go` makes `go-unauthorized`. */
  readonly code: string;
  /** The failed action, as a verb: `push tag v0.1.0 to https://github.com/o/r.git`. */
  readonly what: string;
  readonly failure: RemoteFailure;
  readonly coordinate?: string;
}

type Verdict = Pick<Problem, 'kind' | 'effect' | 'rerun'> & {
  readonly suffix: string;
  readonly hint: string;
};

const VERDICTS: Readonly<Record<RemoteFailure['kind'], Verdict>> = {
  authentication: {
    suffix: 'unauthorized',
    kind: 'authentication',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'Use a token that may write to this repository: this one is missing, mistyped, expired or lacks the permission.',
  },
  'not-found': {
    suffix: 'repository-not-found',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'Check the address, that the repository exists, and that the token may read it: hosts hide repositories from other tokens.',
  },
  moved: {
    suffix: 'repository-moved',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'If you trust the address that it redirects to, configure that one: we send no token after a redirect.',
  },
  unreachable: {
    suffix: 'unreachable',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'safe',
    hint: 'Run the same command again in a while.',
  },
  'unknown-outcome': {
    suffix: 'outcome-unknown',
    kind: 'unknown',
    effect: 'unknown',
    rerun: 'safe',
    hint: 'Run the same command again: it looks at the repository first.',
  },
  other: {
    suffix: 'git-failed',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'The message ends with git’s own reason.',
  },
};

/** Turns a git host's failure into a `Problem`. */
export function remoteProblem({ code, what, failure, coordinate }: RemoteProblem): Problem {
  const { suffix, ...verdict } = VERDICTS[failure.kind];
  const message = `Could not ${what}: ${failure.message}${/[.!?]$/.test(failure.message) ? '' : '.'}`;
  return {
    code: `${code}-${suffix}`,
    message,
    ...verdict,
    ...(coordinate === undefined ? {} : { coordinate }),
  };
}
