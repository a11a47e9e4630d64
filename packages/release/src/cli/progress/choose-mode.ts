import { InvalidInputError } from '@ameide/versioning-core';
import type { CliEnvironment } from '../environment.ts';
import type { ProgressArguments } from './options.ts';

/** A narrower terminal has no place for a name and what happens to it. */
const NARROWEST = 20;

/**
 * Decides how to show progress. Lines that change need a terminal that moves the cursor and says how
 * wide it is, and a person who looks at it: a CI job may have a pseudo-terminal of no width, and its log
 * would show every frame.
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

/** As nearly every CI system says: `CI=true`, `CI=1`. `CI=false` says no. */
function isCi(env: CliEnvironment['env']): boolean {
  const { CI = '', GITHUB_ACTIONS } = env;
  return (CI !== '' && CI !== 'false' && CI !== '0') || GITHUB_ACTIONS === 'true';
}

function noTerminal(): InvalidInputError {
  return new InvalidInputError({
    field: 'progress',
    received: 'live',
    expected: `plain or none, because standard error is no terminal of ${NARROWEST} columns or more that moves its cursor`,
  });
}
