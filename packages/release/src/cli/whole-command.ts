import { shellWord } from '../report/shell-word.ts';
import type { ProblemReport } from '../report/shown.ts';

export interface CalledWith {
  readonly directory: string;
  readonly config?: string;
}

/**
 * Adds `-C` and `--config` to the commands in hints, as this command was called with them. Publishers,
 * which write the hints, do not know them, and without them the command would use another definition.
 */
export function wholeCommands<R extends { readonly problems: readonly ProblemReport[] }>(
  report: R,
  called: CalledWith,
): R {
  return {
    ...report,
    problems: report.problems.map((one) =>
      one.hint === undefined ? one : { ...one, hint: wholeCommand(one.hint, called) },
    ),
  };
}

/** The same for the first command in a text. */
export function wholeCommand(text: string, { config, directory }: CalledWith): string {
  const repository = directory === '.' ? '' : ` -C ${shellWord(directory)}`;
  const definition = config === undefined ? '' : ` --config ${shellWord(config)}`;
  return text.replace(
    /ameide-release (move-pointer|deprecate|publish) /,
    (_command, name) => `ameide-release${repository} ${name}${definition} `,
  );
}
