import { isAbsolute, relative, sep } from 'node:path';
import type { EarlierManifests } from '@ameide/deploy-policy';
import { type Repository, refuseShallow } from '@ameide/publisher-kit/git';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ReadFile } from './manifest-files.ts';

/**
 * Yields the manifests as each commit that changed one of them left them, the newest first. Throws
 * `InvalidInputError` if a file is not in the repository, or the history is cut off.
 */
export async function* manifestHistory(
  files: readonly ReadFile[],
  repository: Repository,
): AsyncGenerator<EarlierManifests> {
  await refuseShallow(repository);
  const histories = await Promise.all(
    files.map(async (file) => {
      const changes = await repository.fileHistory(pathIn(repository, file));
      const dated = changes.map(async (change) => ({
        ...change,
        time: await repository.commitTime(change.sha),
      }));
      return { file, changes: await Promise.all(dated) };
    }),
  );
  const commits = new Map(
    histories.flatMap(({ changes }) => changes).map(({ sha, time }) => [sha, time] as const),
  );
  for (const [sha, time] of [...commits].toSorted(([, a], [, b]) => b - a)) {
    const source = repository.source(sha);
    const read = histories.map(async ({ changes, file: { path } }) => {
      // Its name at that time: a file may have been renamed since.
      const name = changes.find((change) => change.sha === sha || change.time <= time)?.path;
      const text = name === undefined ? undefined : await source.readText(name);
      return text === undefined ? [] : [{ path, text }];
    });
    yield { commit: sha, files: (await Promise.all(read)).flat() };
  }
}

function pathIn({ root }: Repository, { file = '', path }: ReadFile): string {
  const below = relative(root, file);
  if (file !== '' && below !== '' && !below.startsWith('..') && !isAbsolute(below))
    return below.split(sep).join('/');
  throw new InvalidInputError({
    field: 'path',
    received: path,
    expected: `a file in the repository at ${root}: what ran before is read from its history`,
    hint: 'Name manifests of one repository at a time.',
  });
}
