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
  { config, directory }: CalledWith,
): R {
  const repository = directory === '.' ? '' : ` -C ${shellWord(directory)}`;
  const definition = config === undefined ? '' : ` --config ${shellWord(config)}`;
  return {
    ...report,
    problems: report.problems.map((one) =>
      one.hint === undefined
        ? one
        : {
            ...one,
            hint: one.hint.replace(
              /ameide-release (move-pointer|publish) /,
              (_command, name) => `ameide-release${repository} ${name}${definition} `,
            ),
          },
    ),
  };
}

/** Writes one word as a POSIX shell reads it. */
export function shellWord(text: string): string {
  return /^[\w.+:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
