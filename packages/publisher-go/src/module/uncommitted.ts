import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allowOption, shownPath } from '@ameide/publisher-kit';
import { folderOf, type Problem, pathIn, problem } from '@ameide/versioning-core';
import { decideGoZip } from '@ameide/versioning-core/go';
import type { ModuleAtCommit } from '../validate.ts';
import { isPackageFile, packageFolders } from './packages.ts';
import { parseGoSource } from './source-text.ts';
import { isWithin } from './validate-content.ts';

export interface UncommittedQuestion {
  readonly module: ModuleAtCommit;
  /** The absolute path of the checkout, after `prepare`. */
  readonly checkout: string;
  /** Paths that the mirror takes from the checkout. */
  readonly elsewhere: readonly string[];
}

/**
 * Finds source files that `prepare` made in a package's folder and that neither the commit nor the
 * mirror has: the package compiles here, but for no consumer ("undefined: Generated"). This is
 * certain without `go`; compiling would need the module's dependencies, and so the network, and its
 * target platforms.
 */
export async function findUncommittedSources(
  question: UncommittedQuestion,
): Promise<readonly Problem[]> {
  const { checkout, elsewhere, module } = question;
  const { content, file } = module;
  const committed = new Set(content.files.map(({ path }) => path));
  const { files } = decideGoZip(content.files, file.content.goVersion);
  const found: string[] = [];
  for (const folder of packageFolders(files)) {
    const absolute = join(checkout, module.directory, folder);
    for (const { name, ...entry } of await readFolder(absolute)) {
      const path = pathIn(folder, name);
      const isNew =
        isPackageFile(path) &&
        !committed.has(path) &&
        !elsewhere.some((one) => isWithin(path, one));
      if (isNew && entry.isFile && (await isCompiled(join(absolute, name)))) found.push(path);
    }
  }
  return found
    .filter((path) => !module.allow.includes(pathIn(module.directory, path)))
    .map((path) => uncommitted(path, module));
}

/** A folder may have vanished while `prepare` ran. */
async function readFolder(
  folder: string,
): Promise<readonly { readonly name: string; readonly isFile: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({ name: entry.name, isFile: entry.isFile() }));
}

async function isCompiled(file: string): Promise<boolean> {
  return !file.endsWith('.go') || parseGoSource(await readFile(file, 'utf8')) !== undefined;
}

function uncommitted(path: string, module: ModuleAtCommit): Problem {
  const there = pathIn(module.directory, path);
  const mirror =
    module.fromCheckout === undefined
      ? ', or publish the module through a mirror with fromCheckout'
      : `, or take it into the mirror: fromCheckout: ['${path}']`;
  return problem({
    code: 'go-not-in-commit',
    kind: 'incomplete',
    message: `${module.project}: prepare made ${shownPath(there)}, a part of the package in ${shownPath(folderOf(there)) || 'the root'}, which would not be published.`,
    hint: `Commit it${mirror}. If consumers do not need it: ${allowOption(there)}.`,
    path: there,
    rerun: 'after-fix',
  });
}
