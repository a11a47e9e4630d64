import { join } from 'node:path';
import type { Repository } from '@ameide/publisher-kit/git';
import { type Problem, problem } from '@ameide/versioning-core';
import { replaceFiles } from '../../../files/replace-files.ts';
import type { InitFile } from '../../../init/init-report.ts';
import type { RenderedFile } from '../../../init/rendered-files.ts';

/** A file, and what is done to it. */
export interface Decided {
  readonly file: RenderedFile;
  readonly action: InitFile['action'];
}

interface Written {
  /** Why a file could not be written. */
  readonly failed: readonly Problem[];
  /** All files, with what was done to each. */
  readonly written: readonly Decided[];
}

/** Writes what is new. */
export async function writeFiles(root: string, decided: readonly Decided[]): Promise<Written> {
  const wanted = decided.filter(isNew);
  const done = new Set<string>();
  const failed = await replaceFiles(
    wanted.map(({ file: { before, path, text } }) => ({
      file: join(root, path),
      path,
      text,
      ...(before === undefined ? {} : { before }),
    })),
    (path) => done.add(path),
  );
  const written = decided.map(
    (one): Decided =>
      isNew(one) && !done.has(one.file.path) ? { ...one, action: 'not written' } : one,
  );
  return { failed, written };
}

/** True for what is to be written. */
export function isNew({ action }: Decided): boolean {
  return action === 'created' || action === 'replaced';
}

/** What git ignores is in no commit, so nothing would be released. */
export async function ignoredProblems(
  repository: Repository,
  decided: readonly Decided[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { path } of decided.filter(isNew).map(({ file }) => file)) {
    if ((await repository.ignoredBy(path)) === undefined) continue;
    problems.push(
      problem({
        code: 'init-ignored',
        kind: 'incomplete',
        message: `An ignore rule of git covers ${path}, so it is never committed.`,
        hint: `Change the rule, or commit the file all the same: git add --force ${path}. git check-ignore -v ${path} shows the rule.`,
        path,
        rerun: 'after-fix',
      }),
    );
  }
  return problems;
}
