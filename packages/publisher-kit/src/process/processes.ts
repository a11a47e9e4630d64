import type { Secret } from '../secret/secret.ts';

/**
 * Runs programs. Never through a shell; with an allow-list for the environment. Failure is a value.
 */
export interface Processes {
  /**
   * Throws `InvalidInputError` for a missing `cwd`, and for arguments that hold a NUL character or
   * one of the secrets.
   */
  run(command: Command): Promise<ProcessResult>;
  /** The absolute path of a program on PATH, or undefined. */
  which(program: string): Promise<string | undefined>;
}

export interface Command {
  /** argv; the first is the program. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /**
   * Added to the allow-list (PATH, HOME, USER, LANG, LC_*, TMPDIR, TERM, proxy and CA-file
   * variables, XDG_*, and the tool caches). A Secret is revealed to this child alone and redacted
   * from what it prints.
   */
  readonly env?: Readonly<Record<string, string | Secret>>;
  /**
   * More that must be neither among the arguments nor shown: what a value of `env` holds in another
   * spelling.
   */
  readonly secrets?: readonly Secret[];
  readonly input?: Uint8Array | string;
  /**
   * Default 10 minutes. The program and all that it started are asked to end, and ended 5 seconds
   * later.
   */
  readonly timeoutMs?: number;
  /** Of each stream. Default 256 MiB. */
  readonly maxOutputBytes?: number;
  /** On abort the program is ended as on timeout, and `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with each line of both streams, redacted: for progress. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessResult {
  readonly ok: boolean;
  /**
   * Why `ok` is false. `not-found`: it could not be started; nearly always because it is not
   * installed.
   */
  readonly failure?: 'not-found' | 'exit' | 'signal' | 'timeout' | 'too-much-output';
  readonly exitCode?: number;
  /** Bytes as printed. */
  readonly stdout: Uint8Array;
  /** UTF-8, redacted. */
  readonly stdoutText: string;
  /** UTF-8, redacted, the last 65,536 characters. */
  readonly stderrText: string;
  /**
   * The last ten lines of what it printed, those of stdout before those of stderr: redacted, for a
   * Problem's message.
   */
  readonly lastLines: readonly string[];
  /** `go list -m: exit code 1: <last line of stderr>`: redacted, for a Problem's message. */
  readonly summary: string;
}
