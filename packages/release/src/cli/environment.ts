import type { Readable } from 'node:stream';
import type { WorkflowCommand } from './actions/workflow-command.ts';
import type { Terminal } from './terminal.ts';

/** Everything outside that the command line uses, so that tests can replace it. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly stdout: Print;
  readonly stderr: Print;
  /** Prints a patch to standard output: as it is, apart from secrets. Otherwise it would not apply. */
  readonly patch?: Print;
  /** Reads standard input to its end; undefined if it is a terminal. */
  readonly stdin?: ReadInput;
  /** From now on, passes what other code writes to this process's output to `print`. */
  readonly redirectOutput?: (print: Print) => void;
  /** Present if standard error is a terminal. */
  readonly terminal?: Terminal;
  /** Standard input, if it is a terminal: what answers are typed into. */
  readonly keyboard?: () => Readable | undefined;
  /** In a step of GitHub Actions. */
  readonly actions?: ActionsOutput;
}

export interface ActionsOutput {
  /** Emits a workflow command of ours, which the runner obeys. */
  command(command: WorkflowCommand): void;
  /** Removes the environment's tokens from text that goes to a file. */
  redact(text: string): string;
}

export type ReadInput = () => Promise<Uint8Array | undefined>;

/** Prints a text. Returns a promise while the reader cannot keep up. */
export type Print = (text: string) => void | PromiseLike<void>;
