import { randomUUID } from 'node:crypto';
import { chmod, chown, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Problem, problem } from '@ameide/versioning-core';
import { reasonOf } from '../run/faults.ts';
import { BOM } from './byte-order-mark.ts';
import { obstacleAbove, obstacleAt } from './obstacle.ts';

/** A file to replace. */
export interface Replacement {
  /** Absolute, without links. */
  readonly file: string;
  /** As messages name it. */
  readonly path: string;
  /** Absent for a file that is not there yet. */
  readonly before?: string;
  readonly text: string;
}

/**
 * Replaces files, and makes new ones. Each has its old or its new contents, never a part: the new contents are written
 * beside it and renamed, in the given order. Nothing is renamed before all of them are written. Returns why it could not.
 * Follows no link: what it leads to may be outside of the repository. `onWritten` takes the path of each file that has
 * its new contents.
 */
export async function replaceFiles(
  replacements: readonly Replacement[],
  onWritten: (path: string) => void = () => {},
): Promise<readonly Problem[]> {
  const staged = await Promise.all(replacements.map(stage));
  const failed = staged.flatMap((one) => ('code' in one ? [one] : []));
  const partials = staged.flatMap((one) => ('partial' in one ? [one] : []));
  const problems = failed.length > 0 ? failed : await renameAll(partials, onWritten);
  await Promise.all(
    partials.map(async ({ partial }) => rm(partial, { force: true }).catch(() => {})),
  );
  return problems;
}

/** The permission to write, of user, group and others. */
const WRITABLE = 0o222;

interface Staged extends Replacement {
  readonly partial: string;
}

async function stage(replacement: Replacement): Promise<Staged | Problem> {
  const { before, file, path, text } = replacement;
  const obstacle =
    (await obstacleAbove(file)) ?? (before === undefined ? await obstacleAt(file) : undefined);
  if (obstacle !== undefined)
    return notWritten(path, new Error(obstacle), {
      hint: 'Move it away, or put a folder of the repository there',
    });
  if (before === undefined) return stageNew(replacement);
  // The file's own name may be as long as a name can be.
  const partial = join(dirname(file), `.${randomUUID()}.partial`);
  try {
    const now = await readFile(file, 'utf8');
    // `before` may lack the file's BOM.
    const mark = now === `${BOM}${before}` ? BOM : '';
    if (now !== `${mark}${before}`) return changedMeanwhile(path);
    const { gid, mode, nlink, uid } = await stat(file);
    if ((mode & WRITABLE) === 0) return notWritten(path, new Error('it is read-only'));
    if (nlink > 1)
      return notWritten(
        path,
        new Error('it has other names (hard links), which would keep the old text'),
      );
    await writeFile(partial, `${mark}${text}`, { flag: 'wx', mode });
    const made = await stat(partial);
    // Only root may give a file away.
    if (made.uid !== uid || made.gid !== gid) await chown(partial, uid, gid).catch(() => {});
    // The process's umask may have cleared bits, and a change of the owner others.
    await chmod(partial, mode);
    return { ...replacement, partial };
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    return notWritten(path, cause);
  }
}

async function stageNew(replacement: Replacement): Promise<Staged | Problem> {
  const { file, path, text } = replacement;
  const partial = join(dirname(file), `.${randomUUID()}.partial`);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(partial, text, { flag: 'wx' });
    return { ...replacement, partial };
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    return notWritten(path, cause);
  }
}

async function renameAll(
  partials: readonly Staged[],
  onWritten: (path: string) => void,
): Promise<readonly Problem[]> {
  for (const [index, { before, file, partial, path }] of partials.entries()) {
    try {
      // Unlike rename, link never replaces a file that appeared there meanwhile.
      await (before === undefined ? link(partial, file) : rename(partial, file));
      onWritten(path);
    } catch (cause) {
      const done = partials.slice(0, index).map((one) => one.path);
      return [notWritten(path, cause, { done })];
    }
  }
  return [];
}

function changedMeanwhile(path: string): Problem {
  return problem({
    code: 'file-changed',
    kind: 'incomplete',
    message: `${path} was changed after it was read. No file was written.`,
    hint: 'Run the same command again.',
    path,
  });
}

function notWritten(
  path: string,
  cause: unknown,
  {
    done = [],
    hint = 'Make room or allow writing there',
  }: { readonly done?: readonly string[]; readonly hint?: string } = {},
): Problem {
  const reason = reasonOf(cause);
  const written =
    done.length === 0 ? 'No file was written.' : `Written before it: ${done.join(', ')}.`;
  return problem({
    code: 'file-not-written',
    kind: 'incomplete',
    message: `${path} could not be written: ${reason}. ${written}`,
    hint: `${hint}, then run the same command again.`,
    path,
    reason,
  });
}
