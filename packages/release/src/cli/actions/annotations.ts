import { resolve } from 'node:path';
import { pathInside } from '../../commit/path-inside.ts';
import type { ProblemReport } from '../../report/shown.ts';
import type { WorkflowCommand } from './workflow-command.ts';

export interface StepMessages {
  readonly problems: readonly ProblemReport[];
  /** True if the command succeeds all the same: a plan that `publish` would refuse. */
  readonly isSuccess: boolean;
  readonly notes: readonly string[];
}

/** Where the runner looks for an annotation's file, and the repository; both absolute. */
export interface Places {
  readonly workspace: string | undefined;
  readonly root: string | undefined;
}

/** GitHub shows ten annotations of each level in a step, and drops the rest without a word. */
const SHOWN = 10;

/** Returns an annotation for each problem (an error, or a warning) and each note (a notice). */
export function annotations(
  { isSuccess, notes, problems }: StepMessages,
  places: Places,
): WorkflowCommand[] {
  const name = isSuccess ? 'warning' : 'error';
  return [
    ...first(
      problems.map((problem) => annotation(name, problem, places)),
      name,
    ),
    ...first(
      notes.map((message) => ({ name: 'notice', message }) as const),
      'notice',
    ),
  ];
}

function annotation(
  name: WorkflowCommand['name'],
  { code, column, hint, line, message, path, publisher }: ProblemReport,
  places: Places,
): WorkflowCommand {
  const file = path === undefined ? undefined : fileIn(places, path);
  const place = file === undefined ? {} : { file, line: line?.toString(), col: column?.toString() };
  return {
    name,
    properties: { title: publisher === undefined ? code : `${code} (${publisher})`, ...place },
    message: hint === undefined ? message : `${message}\n${hint}`,
  };
}

function first(all: readonly WorkflowCommand[], name: WorkflowCommand['name']): WorkflowCommand[] {
  if (all.length <= SHOWN) return [...all];
  const rest = all.length - SHOWN + 1;
  return [
    ...all.slice(0, SHOWN - 1),
    { name, message: `${rest} more, which GitHub would not show here: see the log of this step.` },
  ];
}

/** The path from the workspace, with slashes; nothing if the repository is not in it. */
function fileIn({ workspace, root }: Places, path: string): string | undefined {
  if (workspace === undefined || workspace === '' || root === undefined) return undefined;
  return pathInside(workspace, resolve(root, path))?.replaceAll('\\', '/');
}
