import { randomUUID } from 'node:crypto';
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidInputError, type Problem, problem } from '@ameide/versioning-core';
import { type ProblemReport, problemReport } from '../report/shown.ts';
import { EXIT_CODES, type Status } from '../report/status.ts';
import { reasonOf } from '../run/faults.ts';
import { refuseOutput, requireOutside } from './refuse-output.ts';

/** A file that an option names, and that a command writes once it has its result. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  /**
   * Replaces the whole file in one step, or leaves it as it was. Returns why it could not: what the
   * command has done is done, and has to be reported all the same.
   */
  write(text: string): Promise<Problem | undefined>;
}

export interface OutputFileOptions {
  /** The option: `record`. */
  readonly field: string;
  /** Absolute; the file must be outside of it. */
  readonly repository: string;
  /** True for the text of a file that this command wrote before, and may replace. */
  readonly isOurs: (text: string) => boolean;
}

/**
 * Checks, before anything is sent, that the file can be written later. Throws `InvalidInputError` if it
 * is in the repository, where it would be a change of the working tree, if its folder cannot be
 * written, or if the file exists and this command did not write it.
 */
export async function openOutputFile(
  file: string,
  options: OutputFileOptions,
): Promise<OutputFile> {
  const path = resolve(file);
  const refuse = refuseOutput(options.field, file);
  try {
    requireOutside(path, options.repository, refuse);
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw refuse(`a file in a folder that can be written (${reasonOf(cause)})`);
  }
  const found = await stat(path).catch(() => undefined);
  const canReplace =
    found === undefined || (found.isFile() && options.isOurs(await readFile(path, 'utf8')));
  if (!canReplace)
    throw refuse(
      'a new file, or one that this command wrote before; it does not overwrite other files',
    );
  return { path, write: async (text) => replace(path, text) };
}

async function replace(path: string, text: string): Promise<Problem | undefined> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    // In a folder that others may write to, a name that somebody could guess may be a link of theirs.
    await writeFile(partial, text, { flag: 'wx' });
    await rename(partial, path);
    return undefined;
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    return notWritten(path, reasonOf(cause));
  }
}

function notWritten(path: string, reason: string): Problem {
  return problem({
    code: 'output-not-written',
    kind: 'incomplete',
    message: `Everything else was done, but ${path} could not be written: ${reason}`,
    hint: 'Make room or allow writing there, then run the same command again: it sends nothing twice.',
    reason,
  });
}

interface Report {
  readonly status: Status;
  readonly exitCode: number;
  readonly problems: readonly ProblemReport[];
}

/** Returns the report of a command whose file could not be written: success becomes incomplete. */
export function withoutFile<R extends Report>(report: R, found: Problem | undefined): R {
  if (found === undefined) return report;
  const status = report.status === 'converged' ? 'incomplete' : report.status;
  const problems = [...report.problems, problemReport(found)];
  return { ...report, status, exitCode: EXIT_CODES[status], problems };
}
