import type { Problem } from '@ameide/versioning-core';
import type { RemoteFailure } from './remote.ts';

export interface RemoteProblem {
  /** Prefix of the problem's code: `go` makes `go-unauthorized`. */
  readonly code: string;
  /** What was being done, as a verb: `push tag v0.1.0 to https://github.com/o/r.git`. */
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
    hint: 'Give a token that may write to this repository, or a new one: this one is missing, mistyped, expired or too narrow.',
  },
  'not-found': {
    suffix: 'repository-not-found',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'Check the address, that the repository exists, and that the token may see it: hosts hide what it may not.',
  },
  moved: {
    suffix: 'repository-moved',
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
    hint: 'Give the address it redirects to, if you trust it: a token is not sent after a redirect.',
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
    hint: 'git’s own words say why.',
  },
};

/** A git host's failure as a `Problem`. */
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
