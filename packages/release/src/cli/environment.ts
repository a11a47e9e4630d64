import type { WorkflowCommand } from './actions/workflow-command.ts';

/** Everything outside that the command line uses, so that tests can replace it. */
export interface CliEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly stdout: Print;
  readonly stderr: Print;
  /** Has everything that others write to this process's output printed by this instead. */
  readonly redirectOutput?: (print: Print) => void;
  /** In a step of GitHub Actions. */
  readonly actions?: ActionsOutput;
}

export interface ActionsOutput {
  /** Has the runner obey a command of ours. */
  command(command: WorkflowCommand): void;
  /** Removes the environment's tokens from text that goes to a file. */
  redact(text: string): string;
}

/** Prints a text. Returns a promise while the reader cannot keep up. */
export type Print = (text: string) => void | PromiseLike<void>;
