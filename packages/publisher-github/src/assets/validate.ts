import {
  allowOption,
  lfsPointerProblem,
  parseLfsPointer,
  shownPath,
  validateFiles,
} from '@ameide/publisher-kit';
import { type Problem, problem, type SourceTree, type TreeFile } from '@ameide/versioning-core';
import type { Target } from '../options.ts';
import type { GithubPlan, PlannedAsset } from '../plan.ts';

/** Reports what is wrong with the files of the commit that a release would publish. Offline. */
export async function validateAssets(
  { allow }: Target,
  { assets, publisher }: GithubPlan,
  source: SourceTree,
): Promise<readonly Problem[]> {
  // The module's own publisher checks its files.
  const own = assets.filter(({ kind }) => kind !== 'goModule');
  const found = await Promise.all(
    own.map(async (asset) => {
      const files = await filesOf(asset, source);
      if (files.length === 0) return [noFile(publisher, asset)];
      const problems = await validateFiles({ source, project: publisher, files, allow });
      const others = await Promise.all(
        files.map(async (file) => fileProblem(publisher, asset, file, source, allow)),
      );
      return [...problems, ...others.flat()];
    }),
  );
  return found.flat();
}

async function filesOf(
  { kind, path }: PlannedAsset,
  source: SourceTree,
): Promise<readonly TreeFile[]> {
  if (kind === 'folder') return source.list(path);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  return (await source.list(folder)).filter((file) => file.path === path);
}

async function fileProblem(
  publisher: string,
  asset: PlannedAsset,
  { mode, path }: TreeFile,
  source: SourceTree,
  allow: readonly string[],
): Promise<readonly Problem[]> {
  if (mode === 'submodule')
    return allow.includes(path) ? [] : [unusable(publisher, path, 'a submodule')];
  if (mode === 'symlink') {
    if (asset.kind === 'file') return [unusable(publisher, path, 'a symbolic link')];
    const target = (await source.readLink(path)) ?? '';
    const leaves = target.startsWith('/') || leavesFolder(path, target, asset.path);
    return leaves && !allow.includes(path)
      ? [unusable(publisher, path, 'a link that leads out of its folder')]
      : [];
  }
  const bytes = await source.readBytes(path).catch(() => undefined);
  if (bytes === undefined) return [];
  if (bytes.length === 0 && asset.kind === 'file') return [unusable(publisher, path, 'empty')];
  if (parseLfsPointer(bytes) === undefined || allow.includes(path)) return [];
  const effect = 'people would download the pointer';
  return [lfsPointerProblem({ code: 'github-lfs-pointer', project: publisher, path, effect })];
}

function leavesFolder(path: string, target: string, folder: string): boolean {
  const parts = path.split('/').slice(folder.split('/').length, -1);
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return true;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return false;
}

function noFile(publisher: string, { kind, path }: PlannedAsset): Problem {
  return problem({
    code: 'github-no-file',
    kind: 'input',
    message: `${publisher} would publish the ${kind} ${shownPath(path)}, which the commit does not have.`,
    hint: 'Commit it, or correct the option assets.',
    path,
  });
}

function unusable(publisher: string, path: string, what: string): Problem {
  return problem({
    code: 'github-unusable-file',
    kind: 'input',
    message: `${publisher} would publish ${shownPath(path)}, which is ${what}.`,
    hint: `Replace it by a file with content. To publish a folder without that: ${allowOption(path)}.`,
    path,
  });
}
