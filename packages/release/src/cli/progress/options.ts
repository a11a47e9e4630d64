import { type Command, Option } from 'commander';

const MODES = ['auto', 'live', 'plain', 'none'] as const;

/** How progress is shown. */
type Mode = (typeof MODES)[number];

export interface ProgressArguments {
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly progress?: Mode;
  /** `--events FILE`. */
  readonly events?: string;
  readonly json?: boolean;
}

/** Adds the options of every command that takes time. */
export function addProgressOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--progress <how>',
        'how to show progress on standard error: live (lines that change), plain (a line for each step), none, or auto (default): live in a terminal, plain in CI and elsewhere',
      ).choices(MODES),
    )
    .addOption(
      new Option('-q, --quiet', 'show only the result and problems').conflicts([
        'verbose',
        'progress',
      ]),
    )
    .option(
      '-v, --verbose',
      'also show each HTTP request and each program that is run, without secrets',
    )
    .option(
      '--events <file>',
      'append every event to a file outside the repository, one JSON object in each line (NDJSON)',
    );
}
