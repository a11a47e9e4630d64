import { sep } from 'node:path';
import type { EarlierManifests } from '@ameide/deploy-policy';
import { type Repository, refuseShallow } from '@ameide/publisher-kit/git';
import { type CommitSha, InvalidInputError } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';
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
    files.map(async (file) => ({
      file,
      changes: [...(await repository.fileHistory(pathIn(repository, file)))],
    })),
  );
  for (;;) {
    const next = histories.flatMap(({ changes }) => changes[0]?.sha ?? []);
    const sha = await newestOf([...new Set(next)], repository);
    if (sha === undefined) return;
    const source = repository.source(sha);
    const read = histories.map(async ({ changes, file }) => {
      // Its name at that time: a file may have been renamed since.
      const name = changes[0]?.path;
      const text = name === undefined ? undefined : await source.readText(name);
      return text === undefined ? [] : [{ ...file, text }];
    });
    yield { commit: sha, files: (await Promise.all(read)).flat() };
    for (const { changes } of histories) if (changes[0]?.sha === sha) changes.shift();
  }
}

/** The newest of commits of one branch. Several may have been made in one second. */
async function newestOf(
  shas: readonly CommitSha[],
  repository: Repository,
): Promise<CommitSha | undefined> {
  const [first, ...others] = shas;
  if (first === undefined) return undefined;
  const history = repository.history();
  let newest = { sha: first, time: await repository.commitTime(first) };
  for (const sha of others) {
    const time = await repository.commitTime(sha);
    const isNewer =
      time === newest.time
        ? (await history.relation(newest.sha, sha)) === 'ancestor'
        : time > newest.time;
    if (isNewer) newest = { sha, time };
  }
  return newest.sha;
}

function pathIn({ root }: Repository, { file = '', path }: ReadFile): string {
  const below = file === '' ? undefined : pathInside(root, file);
  if (below !== undefined && below !== '') return below.split(sep).join('/');
  throw new InvalidInputError({
    field: 'path',
    received: path,
    expected: `a file in the repository at ${root}: what ran before is read from its history`,
    hint: 'Name manifests of one repository at a time.',
  });
}
