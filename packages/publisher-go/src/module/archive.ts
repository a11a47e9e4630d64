import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { listMembers, tarMembers } from '@ameide/publisher-kit';
import { gitIn, type TreeStore } from '@ameide/publisher-kit/go';
import type { ContentFile } from '@ameide/versioning-core';

/** Settings by which git archives the same bytes on every machine, as for `go`. */
const SETTINGS: readonly string[] = [
  '-c',
  'core.autocrlf=input',
  '-c',
  'core.eol=lf',
  '-c',
  `core.attributesFile=${devNull}`,
];

/** Without the filters of this machine, such as git-lfs: they may be missing where consumers are. */
const ENVIRONMENT = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_LITERAL_PATHSPECS: '1',
};

/**
 * Lists the files of a commit as `go` gets them, from `git archive`
 * (cmd/go/internal/modfetch/codehost/git.go, `ReadZip`): its attributes convert line ends, but
 * neither leave out a file nor write into it. `paths` are files and folders that it has; all without
 * any. Throws `GitError`, for example if the store lacks a file.
 */
export async function listArchived(
  commit: string,
  paths: readonly string[],
  store: TreeStore,
): Promise<readonly ContentFile[]> {
  await writeAttributes(store);
  const folder = await mkdtemp(join(store.gitDirectory, 'archive-'));
  try {
    // Into a file, because a module may not fit into memory.
    const file = join(folder, 'archive.tar');
    const args = ['archive', '--format=tar', `--output=${file}`, commit, '--', ...paths];
    await gitIn(store, [...SETTINGS, ...args], { env: ENVIRONMENT });
    return await listMembers(tarMembers(createReadStream(file), store.signal));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeAttributes({ gitDirectory }: TreeStore): Promise<void> {
  const folder = join(gitDirectory, 'info');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'attributes'), '* -export-subst -export-ignore\n');
}
