import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { InvalidInputError } from '@ameide/versioning-core';
import { parseChangesetFile } from '@changesets/parse';
import { readChangesets } from '@changesets/read';
import { reasonOf, refuse } from './problems.ts';

export type Pending = Awaited<ReturnType<typeof readChangesets>>;

/**
 * Reads the changesets of a workspace. Throws `InvalidInputError`, code `changeset-invalid`, which
 * names the file that does not parse.
 */
export async function readPending(root: string, rootDir: string): Promise<Pending> {
  return refuse(
    root,
    () => readChangesets(rootDir),
    async (reason, error) => {
      const wrong = await unparsable(join(rootDir, '.changeset'), error.message);
      return invalid(relative(root, wrong ?? join(rootDir, '.changeset')), reason);
    },
  );
}

/** Finds the changeset whose error has this message: changesets do not name the file. */
async function unparsable(folder: string, message: string): Promise<string | undefined> {
  const names = await readdir(folder, { recursive: true });
  for (const name of names.filter((one) => one.endsWith('.md')).toSorted()) {
    try {
      parseChangesetFile(await readFile(join(folder, name), 'utf8'));
    } catch (error) {
      if ((error as Error).message === message) return join(folder, name);
    }
  }
  return undefined;
}

/**
 * Returns a problem that names each changeset that makes `plan` fail on its own: one that names an
 * unknown package, or one that mixes a package that changesets release with one that they skip.
 */
export function invalidPending(
  folder: string,
  pending: Pending,
  plan: (some: Pending) => unknown,
): InvalidInputError | undefined {
  const failure = (some: Pending): string | undefined => {
    try {
      plan(some);
      return undefined;
    } catch (error) {
      return reasonOf(error as Error, folder);
    }
  };
  const wrong = pending.flatMap((one) => {
    const reason = failure([one]);
    return reason === undefined ? [] : [{ file: join(folder, `${one.id}.md`), reason }];
  });
  const [first, ...others] = wrong;
  // If `plan` also fails without changesets, none of them is the cause.
  if (first === undefined || failure([]) !== undefined) return undefined;
  const more = others.map(({ file, reason }) => `; ${file}: ${reason}`).join('');
  return invalid(first.file, `${first.reason}${more}`);
}

function invalid(file: string, reason: string): InvalidInputError {
  const hint = 'Correct or delete the file: `changeset version` fails with it, too.';
  return new InvalidInputError(
    { field: file, expected: `a changeset that changesets accept; ${reason}`, hint },
    'changeset-invalid',
  );
}
