import type { Secret } from '../secret/secret.ts';

/**
 * Runs programs, never through a shell, with an allow-listed environment. Returns failures as
 * values.
 */
export interface Processes {
  /**
   * Throws `InvalidInputError` if `cwd` is missing, or if an argument contains a NUL character or a
   * secret.
   */
  run(command: Command): Promise<ProcessResult>;
  /**
   * The absolute path of a program on PATH, or undefined. `trusted` as in `Command.trust`.
   */
  which(program: string, options?: { readonly trusted?: boolean }): Promise<string | undefined>;
}

export interface Command {
  /** argv; the first is the program. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /**
   * Added to the allow-list (PATH, HOME, USER, LANG, LC_*, TMPDIR, TERM, proxy and CA-file
   * variables, XDG_*, and the tool caches). Only this child sees a Secret, and its output is
   * redacted.
   */
  readonly env?: Readonly<Record<string, string | Secret>> | undefined;
  /**
   * Further secrets, such as other spellings of a value in `env`: no argument may contain them, and
   * no output shows them.
   */
  readonly secrets?: readonly Secret[];
  readonly input?: Uint8Array | string;
  /**
   * For programs that get a credential: they do not come from where a commit or a dependency can put
   * programs (see `trustedEnvironment`). `itself`: this program. `all`: also those that it starts by
   * name, such as git's `ssh`.
   */
  readonly trust?: 'itself' | 'all' | undefined;
  /**
   * True for a program that only answers a question: it reads local files, ends soon, starts no other
   * program and writes nothing. An example is git when it describes a commit. It is run without execa,
   * which takes longer to load than such a program takes to run.
   */
  readonly isQuestion?: boolean | undefined;
  /**
   * Default 10 minutes. Then the program and its children are asked to end; after 5 more seconds
   * they are killed. A question is killed at once.
   */
  readonly timeoutMs?: number;
  /**
   * True for a build: what it left running in its process group is killed when it ends, so that it does
   * not write to files that are read afterwards. A process that left the group goes on. Not on Windows.
   */
  readonly endsGroup?: boolean;
  /** For each stream, without `onLine`. Default 256 MiB. */
  readonly maxOutputBytes?: number;
  /** On abort the program is ended as on timeout; then `run` rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Gets each line of both streams, redacted, to show progress. The program's output waits for the
   * promise that it may return. Then the result has only the last lines of each stream, at most
   * 65,536 characters, as there is no limit to what a build prints.
   */
  readonly onLine?: (line: string) => void | PromiseLike<void>;
}

export interface ProcessResult {
  readonly ok: boolean;
  /**
   * Why `ok` is false. `not-found`: it could not be started, nearly always because it is not
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
  /** The last ten lines of output, stdout before stderr, redacted: for a Problem's message. */
  readonly lastLines: readonly string[];
  /** `go list -m: exit code 1: <last line of stderr>`: redacted, for a Problem's message. */
  readonly summary: string;
}
