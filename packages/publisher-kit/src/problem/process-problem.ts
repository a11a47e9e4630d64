import { type Problem, problem } from '@ameide/versioning-core';
import type { ProcessResult } from '../process/processes.ts';

export interface ProcessFailure {
  /** Prefix of the problem's code: `go` makes `go-failed`. */
  readonly code: string;
  /** The failed action, as a verb: `build the wheel of pypi:a==1`. */
  readonly what: string;
  readonly result: Pick<ProcessResult, 'failure' | 'summary'> &
    Partial<Pick<ProcessResult, 'lastLines'>>;
  readonly coordinate?: string;
  /**
   * Default `none`, for a local program. Use `unknown` for one that writes to a server, such as
   * `git push`.
   */
  readonly effect?: Problem['effect'];
  /** Replaces the general hint. */
  readonly hint?: string;
  /** Default `incomplete`, or `unknown` if the effect is. */
  readonly kind?: Problem['kind'];
}

interface Meaning {
  readonly suffix: string;
  readonly rerun: Problem['rerun'];
  readonly hint: string;
}

const MEANINGS: Readonly<Record<NonNullable<ProcessResult['failure']>, Meaning>> = {
  'not-found': {
    suffix: 'not-found',
    rerun: 'after-fix',
    hint: 'Install it, or put its folder on PATH.',
  },
  exit: {
    suffix: 'failed',
    rerun: 'after-fix',
    hint: 'Run the program by hand, in a fresh clone, to see all that it prints.',
  },
  signal: {
    suffix: 'killed',
    rerun: 'safe',
    hint: 'Something stopped it, perhaps because memory ran out: run the same command again.',
  },
  timeout: {
    suffix: 'timeout',
    rerun: 'safe',
    hint: 'Run the same command again; if it takes as long, run the program by hand.',
  },
  'too-much-output': {
    suffix: 'too-much-output',
    rerun: 'after-fix',
    hint: 'Run the program by hand to see what it prints.',
  },
};

/** The hint for a build that an option names. */
export const BUILD_HINT =
  'It ran in a private copy of the commit: try it in a fresh clone. What the build of another artifact makes is not there; let prepare in the release definition make it.';

/**
 * Turns a program's failure into a `Problem`. Its message ends with the result's summary or, if the
 * program printed more than one line, with its last lines, each on its own line. Both are redacted.
 */
export function processProblem(failure: ProcessFailure): Problem {
  const { suffix, rerun, hint } = MEANINGS[failure.result.failure ?? 'exit'];
  // A program that did not start did nothing.
  const effect =
    suffix === 'not-found' && failure.effect === 'unknown' ? 'none' : (failure.effect ?? 'none');
  const reason = ending(failure.result);
  return problem({
    code: `${failure.code}-${suffix}`,
    kind: failure.kind ?? (effect === 'unknown' ? 'unknown' : 'incomplete'),
    message: `Could not ${failure.what}: ${reason}`,
    reason,
    hint: failure.hint ?? hint,
    coordinate: failure.coordinate,
    effect,
    rerun,
  });
}

function ending({ failure, summary, lastLines = [] }: ProcessFailure['result']): string {
  if (failure === 'not-found' || lastLines.length < 2)
    return `${summary}${/[.!?]$/.test(summary) ? '' : '.'}`;
  // The summary ends with one of the lines below, so remove it there.
  const said =
    lastLines.map((line) => `: ${line.trimStart()}`).find((line) => summary.endsWith(line)) ?? '';
  return [
    `${summary.slice(0, summary.length - said.length)}. It printed at the end:`,
    ...lastLines.map((line) => `  ${line}`),
  ].join('\n');
}
