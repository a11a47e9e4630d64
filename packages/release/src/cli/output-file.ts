import { randomUUID } from 'node:crypto';
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { type RefuseOutput, reasonOf, refuseOutput, requireOutside } from './refuse-output.ts';

/** A file that an option names, and that a command writes once it has its result. */
export interface OutputFile {
  /** Absolute. */
  readonly path: string;
  /** Replaces the whole file in one step, or leaves it as it was. */
  write(text: string): Promise<void>;
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
 * written, or if it is something that this command did not write.
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
    throw refuse('a new file, or one that this command wrote before: this is something else');
  return { path, write: async (text) => replace(path, text, refuse) };
}

async function replace(path: string, text: string, refuse: RefuseOutput): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    // In a folder that others may write to, a name that somebody could guess may be a link of theirs.
    await writeFile(partial, text, { flag: 'wx' });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw refuse(`a file that can be written (${reasonOf(cause)})`);
  }
}
