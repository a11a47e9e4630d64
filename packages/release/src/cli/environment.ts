/** Everything outside that the command line uses, so that tests can replace it. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly stdout: Print;
  readonly stderr: Print;
}

/** Prints a text. Returns a promise while the reader cannot keep up. */
export type Print = (text: string) => void | PromiseLike<void>;
