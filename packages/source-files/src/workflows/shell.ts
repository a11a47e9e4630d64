import { parse } from 'unbash';
import { withoutExpressions } from './expressions.ts';
import { walkScript } from './shell-walk.ts';

/** A word of a command. */
export interface ShellWord {
  /** As it is written, with quotes. */
  readonly text: string;
  /**
   * Without quotes; expansions stay as they are written. Expressions of GitHub Actions are runs of
   * `EXPRESSION_CHARACTER`.
   */
  readonly value: string;
  /** In the script. */
  readonly start: number;
  readonly end: number;
}

export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord;
}

/** A condition of a command: `if …; then`, `… &&`, `… ||`, or `… || exit 0` before it. */
export interface Condition {
  readonly text: string;
  /** In the script. */
  readonly start: number;
  /** True if the script ends with success in the other case, so that what follows is silently skipped. */
  readonly skips: boolean;
}

/** A simple command, anywhere in a script: also in a function, a loop, or `$( )`. */
export interface ShellCommand {
  /** Its name and its arguments. Empty for a bare assignment. */
  readonly words: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  /** Where its output or input goes, as written: `>> "$GITHUB_OUTPUT"`, and the bodies of heredocs. */
  readonly redirects: readonly { readonly text: string; readonly body?: string }[];
  /** As it is written, without its redirections' bodies. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly conditions: readonly Condition[];
  /** What runs if it fails: `true` of `npm publish || true`. */
  readonly onFailure?: string;
  /** The whole pipeline, if there is one. */
  readonly pipeline?: string;
  /** Tells subshells apart: `( cd x && … )` changes no folder for what follows it. */
  readonly subshell?: number;
  /** The command whose `$( )` contains this one. */
  readonly within?: ShellCommand;
}

/** Longer than any script of a person; substitutions in substitutions are read once for each level. */
const MAX_LENGTH = 250_000;

/**
 * The commands of a script in order, of the first 250,000 characters. Never throws: what the parser cannot read gives the commands that
 * it recovers. Comments, and text that a command only prints, are no commands.
 */
export function readShell(text: string): readonly ShellCommand[] {
  try {
    const start = text.slice(0, MAX_LENGTH);
    return walkScript(start, parse(withoutExpressions(start)));
  } catch {
    return [];
  }
}
