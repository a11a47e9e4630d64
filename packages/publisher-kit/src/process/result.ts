import { basename } from 'node:path';
import type { Redactor } from '../secret/redactor.ts';
import { endOf, lastLine, shownLines } from './output.ts';
import type { Command, ProcessResult } from './processes.ts';

/** How a program ended: the part of execa's result that we use. */
export interface Ended {
  readonly failed: boolean;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly stdout?: Uint8Array | undefined;
  readonly stderr?: Uint8Array | undefined;
}

const TEXT_LIMIT = 64 * 1024;
/** How many lines of a failed program to show. */
const SHOWN_LINES = 10;

/**
 * Decodes output only on request, because archives pass through stdout. Redacts it as a whole,
 * because a cut could leave half a secret.
 */
export function describeResult(
  argv: Command['argv'],
  ended: Ended,
  redactor: Redactor,
): ProcessResult {
  const { stdout = new Uint8Array(), stderr } = ended;
  const failure = failureOf(ended);
  const stdoutText = once(() => redactor.redact(new TextDecoder().decode(stdout)));
  const stderrText = once(() =>
    endOf(redactor.redact(new TextDecoder().decode(stderr)), TEXT_LIMIT),
  );
  return {
    ok: failure === undefined,
    ...(failure === undefined ? {} : { failure }),
    ...(ended.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
    stdout,
    get stdoutText() {
      return stdoutText();
    },
    get stderrText() {
      return stderrText();
    },
    get lastLines() {
      return ending(shownLines(endOf(stdoutText(), TEXT_LIMIT)), shownLines(stderrText()));
    },
    get summary() {
      // Most programs report errors on stderr, some on stdout.
      const said =
        failure === undefined || failure === 'not-found'
          ? undefined
          : (lastLine(stderrText()) ?? lastLine(endOf(stdoutText(), TEXT_LIMIT)));
      return [
        redactor.redact(commandName(argv)),
        reason(failure, ended),
        ...(said === undefined ? [] : [said]),
      ].join(': ');
    },
  };
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

/**
 * Uses both streams, because some programs report errors on stdout and fill stderr with warnings.
 */
function ending(stdout: readonly string[], stderr: readonly string[]): readonly string[] {
  const ofStderr = stderr.slice(-Math.max(SHOWN_LINES / 2, SHOWN_LINES - stdout.length));
  const left = SHOWN_LINES - ofStderr.length;
  return [...stdout.slice(Math.max(stdout.length - left, 0)), ...ofStderr];
}

export function failureOf(ended: Ended): ProcessResult['failure'] {
  if (!ended.failed) return undefined;
  if (ended.isMaxBuffer) return 'too-much-output';
  if (ended.timedOut) return 'timeout';
  if (ended.signal !== undefined) return 'signal';
  return ended.exitCode === undefined ? 'not-found' : 'exit';
}

function reason(failure: ProcessResult['failure'], ended: Ended): string {
  if (failure === undefined) return 'done';
  const reasons: Readonly<Record<NonNullable<ProcessResult['failure']>, string>> = {
    'not-found':
      ended.code === 'ENOENT'
        ? 'not found on PATH'
        : `could not be started (${ended.code ?? 'no reason given'})`,
    exit: `exit code ${ended.exitCode}`,
    signal: `ended by ${ended.signal}`,
    timeout: 'took too long',
    'too-much-output': 'printed too much',
  };
  return reasons[failure];
}

/**
 * Returns `go list -m`: the program and at most two words that are clearly sub-commands or flags.
 */
function commandName(argv: Command['argv']): string {
  const [program, ...rest] = argv;
  const end = rest
    .slice(0, 2)
    .findIndex((word) => !/^(?:--?)?[a-z][a-z-]*(?:@[\d.]+)?$/.test(word));
  return [basename(program), ...rest.slice(0, end === -1 ? 2 : end)].join(' ');
}
