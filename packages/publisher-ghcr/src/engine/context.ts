import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { byBytes } from '@ameide/publisher-kit';
import dockerignore from '@balena/dockerignore';
import { type FileStat, MODE_FOLDER, MODE_LINK } from './file-packet.ts';

/** A file, folder or symbolic link of a build context. */
export interface ContextFile {
  readonly stat: FileStat;
  /** Of a file: where its content is. */
  readonly absolute?: string;
}

/**
 * Everything below a folder as `docker build` would send it: links as links, wherever they point;
 * nothing that is neither file, folder nor link. Sorted as BuildKit wants it, folder by folder.
 * Every time is the commit's, so that COPY makes the same layers again. `.git` is left out, as
 * BuildKit does for a context that it fetches from git.
 */
export async function listContext(folder: string, mtime: number): Promise<readonly ContextFile[]> {
  const files: ContextFile[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).toSorted(byBytes)) {
      if (below === '' && name === '.git') continue;
      const path = below + name;
      const absolute = join(folder, path);
      const entry = await lstat(absolute);
      const common = { path, size: 0, mtime };
      if (entry.isDirectory()) {
        files.push({ stat: { ...common, mode: MODE_FOLDER + 0o755 } });
        await walk(`${path}/`);
      } else if (entry.isSymbolicLink()) {
        const link = await readlink(absolute);
        files.push({ stat: { ...common, mode: MODE_LINK + 0o777, link } });
      } else if (entry.isFile()) {
        const mode = (entry.mode & 0o100) === 0 ? 0o644 : 0o755;
        files.push({ stat: { ...common, mode, size: entry.size }, absolute });
      }
    }
  };
  await walk('');
  return files;
}

/**
 * What BuildKit's exclusions leave of a context: the lines of `.dockerignore`, which BuildKit has
 * read. A folder stays while an exception may concern something in it.
 */
export function withoutExcluded(
  files: readonly ContextFile[],
  exclude: readonly string[],
): readonly ContextFile[] {
  if (exclude.length === 0) return files;
  const rules = dockerignore.default({ ignorecase: false }).add([...exclude]);
  const kept = files.filter(({ stat }) => !isFolder(stat) && !rules.ignores(stat.path));
  const folders = new Set(kept.flatMap(({ stat }) => foldersAbove(stat.path)));
  const left = new Set(kept);
  return files.filter((file) =>
    isFolder(file.stat)
      ? folders.has(file.stat.path) || !rules.ignores(file.stat.path)
      : left.has(file),
  );
}

function isFolder({ mode }: FileStat): boolean {
  return (mode & MODE_FOLDER) !== 0;
}

function foldersAbove(path: string): readonly string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
}
