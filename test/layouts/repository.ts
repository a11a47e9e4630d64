import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../shapes/program.ts';
import type { Edit, Layout } from './layout.ts';

/** A clone of a layout's repository, with its origin on the git host. */
export interface LayoutRepository {
  readonly directory: string;
  edit(edits: readonly Edit[]): Promise<void>;
  /** Commits all changes, if any, with tags. */
  commit(...tags: string[]): Promise<void>;
}

const TIMES = [
  '2025-11-12T10:00:00+00:00',
  '2025-11-13T15:32:11+00:00',
  '2025-11-14T09:05:00+00:00',
];

/** Makes the repository below `home`. Its first commit has all files, and the earlier tags. */
export async function createLayout(
  { name, earlierTags = [] }: Layout,
  home: string,
  origin: string,
): Promise<LayoutRepository> {
  const directory = join(home, 'source');
  await cp(join(import.meta.dirname, 'fixtures', name), directory, { recursive: true });
  let commits = 0;
  const git = (...args: string[]): Promise<string> => {
    const date = TIMES[commits] ?? '';
    return run(['git', ...args], directory, {
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Acme',
      GIT_AUTHOR_EMAIL: 'acme@example.com',
      GIT_COMMITTER_NAME: 'Acme',
      GIT_COMMITTER_EMAIL: 'acme@example.com',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    });
  };
  const commit = async (...tags: string[]): Promise<void> => {
    await git('add', '--all');
    await git('commit', '--quiet', '--allow-empty', '--message', `Commit ${(commits += 1)}`);
    for (const tag of tags) await git('tag', tag);
    await git('push', '--quiet', '--tags', origin, 'main');
  };
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('remote', 'add', 'origin', `https://github.com/acme/${name}.git`);
  await commit(...earlierTags);
  const edit = async (edits: readonly Edit[]): Promise<void> => {
    for (const { file, from, to } of edits) {
      const path = join(directory, file);
      await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
    }
  };
  return { directory, edit, commit };
}
