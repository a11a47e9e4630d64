import { InvalidInputError } from '@ameide/versioning-core';
import type { CliEnvironment } from '../environment.ts';
import type { ProgressArguments } from './options.ts';

/** A narrower terminal, in columns, has no room for a name and its state. */
const NARROWEST = 20;

/**
 * Decides how to show progress. Live lines need a terminal that can move the cursor and reports its
 * width, outside of CI: the pseudo-terminal of a CI job may have no width, and the log of the job would
 * show every frame.
 */
export function chooseMode(
  { env, terminal }: Pick<CliEnvironment, 'env' | 'terminal'>,
  { progress = 'auto', quiet = false }: ProgressArguments,
): 'live' | 'plain' | 'none' {
  if (quiet) return 'none';
  const canMove = terminal !== undefined && terminal.columns >= NARROWEST && env['TERM'] !== 'dumb';
  if (progress === 'live' && !canMove) throw noTerminal();
  if (progress !== 'auto') return progress;
  return canMove && !isCi(env) ? 'live' : 'plain';
}

/** True for `CI=true` and `CI=1`, which nearly every CI system sets; false for `CI=false`. */
function isCi(env: CliEnvironment['env']): boolean {
  const { CI = '', GITHUB_ACTIONS } = env;
  return (CI !== '' && CI !== 'false' && CI !== '0') || GITHUB_ACTIONS === 'true';
}

function noTerminal(): InvalidInputError {
  return new InvalidInputError({
    field: 'progress',
    received: 'live',
    expected: `plain or none: live lines need standard error to be a terminal of at least ${NARROWEST} columns that can move its cursor`,
  });
}
