import { readFile, readlink, realpath } from 'node:fs/promises';
import { basename, isAbsolute, join, sep } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { isDependencyFile } from '@ameide/source-files/dependencies';
import { type Problem, problem, type SourceFiles } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';

/** Returns the manifests that are links, with the file of the repository that each leads to. */
export async function manifestLinks(
  files: SourceFiles,
  root: string,
): Promise<ReadonlyMap<string, string>> {
  const listed = await files.list('');
  const isFile = new Set(
    listed.flatMap(({ mode, path }) => (mode === 'file' || mode === 'executable' ? [path] : [])),
  );
  const links = listed.filter(({ mode, path }) => mode === 'symlink' && isDependencyFile(path));
  const found = await inParallel(
    links,
    async ({ path }) => [path, await targetOf(path, root)] as const,
  );
  return new Map(
    found.flatMap(([path, target]) =>
      target !== undefined && basename(target) === basename(path) && isFile.has(target)
        ? [[path, target] as const]
        : [],
    ),
  );
}

/** Where a link leads, with `/`; undefined if that is not in the repository, also not in a copy of it. */
async function targetOf(path: string, root: string): Promise<string | undefined> {
  const link = join(root, path);
  const written = await readlink(link).catch(() => undefined);
  const real = await realpath(link).catch(() => undefined);
  if (written === undefined || isAbsolute(written) || real === undefined) return undefined;
  return pathInside(await realpath(root), real)
    ?.split(sep)
    .join('/');
}

export interface LinkQuestion {
  readonly files: SourceFiles;
  readonly root: string;
  readonly isIncluded: (path: string) => boolean;
  /** Of what is released. */
  readonly names: readonly string[];
}

/** Consumers that are links to what consume does not change. */
export async function linkedElsewhere({
  files,
  isIncluded,
  names,
  root,
}: LinkQuestion): Promise<readonly Problem[]> {
  const known = await manifestLinks(files, root);
  const links = (await files.list('')).filter(
    ({ mode, path }) => mode === 'symlink' && isDependencyFile(path) && isIncluded(path),
  );
  const problems = links.map(async ({ path }) => {
    const target = known.get(path);
    if (target !== undefined && isIncluded(target)) return [];
    const text = await readFile(join(root, path), 'utf8').catch(() => '');
    return names.some((name) => text.includes(name)) ? [isLink(path)] : [];
  });
  return (await Promise.all(problems)).flat();
}

function isLink(path: string): Problem {
  return problem({
    code: 'consume-link',
    kind: 'input',
    message: `${path} is a link to a file that is not a consumer of this repository, so consume cannot change it.`,
    hint: 'Put the file itself there, or make the link lead, by a relative path, to a file of the same name among the consumers; or leave it out with consumers.exclude.',
    path,
  });
}
