import type { ProblemReport } from '../report/shown.ts';

export interface CalledWith {
  readonly directory: string;
  readonly config?: string;
}

/**
 * Completes the commands in hints by the repository and the definition that this command was called
 * with, which publishers do not know: without them the hint of a second definition names the first.
 */
export function wholeCommands<R extends { readonly problems: readonly ProblemReport[] }>(
  report: R,
  { config, directory }: CalledWith,
): R {
  const repository = directory === '.' ? '' : ` -C ${word(directory)}`;
  const definition = config === undefined ? '' : ` --config ${word(config)}`;
  const whole = `ameide-release${repository} move-pointer${definition} `;
  return {
    ...report,
    problems: report.problems.map((one) =>
      one.hint === undefined
        ? one
        : { ...one, hint: one.hint.replace('ameide-release move-pointer ', () => whole) },
    ),
  };
}

/** As a POSIX shell reads it. */
function word(text: string): string {
  return /^[\w.+:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
