import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { pathIn, type SourceTree, type TreeFile } from '@ameide/versioning-core';

/** What `changeset version` reads: changesets and their settings, workspaces, their packages. */
const READ =
  /(?:^|\/)(?:package\.json|pnpm-workspace\.yaml|lerna\.json|rush\.json|\.changeset\/(?:pre\/)?[^/]+)$/;

/** `changeset version` only checks whether these exist, to recognise the package manager. */
const LOCKFILES = /(?:^|\/)(?:package-lock\.json|yarn\.lock|bun\.lockb?)$/;

const IGNORED = /(?:^|\/)(?:node_modules|\.git|\.\.?)(?:\/|$)/;

/** Writes the files of a commit that `changeset version` reads into an empty folder. */
export async function writeVersionedFiles(source: SourceTree, directory: string): Promise<void> {
  const files = (await source.list('')).filter(({ path }) => !IGNORED.test(path));
  await inParallel(
    files.filter(({ path }) => READ.test(path)),
    async (file) => {
      const bytes = await readContent(source, file);
      if (bytes !== undefined) await write(directory, file.path, bytes);
    },
  );
  for (const { path } of files.filter((file) => LOCKFILES.test(file.path)))
    await write(directory, path, new Uint8Array());
}

/** Follows one link, as a checkout would, but never out of the commit. */
async function readContent(source: SourceTree, file: TreeFile): Promise<Uint8Array | undefined> {
  if (file.mode === 'submodule') return undefined;
  if (file.mode !== 'symlink') return source.readBytes(file.path);
  const target = pathIn(dirname(file.path), (await source.readLink(file.path)) ?? '');
  const inside = join('/', target).slice(1);
  return source.readBytes(inside);
}

async function write(directory: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
