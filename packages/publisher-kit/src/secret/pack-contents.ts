import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { git, tryGit } from '../git/git-command.ts';
import { type BatchObject, splitBatchAnswers } from '../git/repository/batch-answers.ts';
import type { Processes } from '../process/processes.ts';
import { createWorkspace } from '../workspace/workspace.ts';

/** Yields every object of a self-contained git pack, files with their paths. */
export async function* packContents(
  pack: string,
  { processes, signal }: { readonly processes: Processes; readonly signal: AbortSignal },
): AsyncGenerator<{ readonly path: string | undefined; readonly bytes: Uint8Array }> {
  await using workspace = await createWorkspace();
  const { directory } = workspace;
  const call = { processes, signal, directory, gitDirectory: directory };
  await git(['init', '--quiet', '--bare', '--template=', directory], {
    processes,
    signal,
    directory,
  });
  const input = await buffer(createReadStream(pack));
  await git(['index-pack', '--stdin'], { ...call, input });
  const all = await tryGit(['cat-file', '--batch-all-objects', '--batch', '--buffer'], call);
  const objects: BatchObject[] = [];
  splitBatchAnswers((answer) => {
    if ('id' in answer) objects.push(answer);
  })(Buffer.from(all.stdout));
  if (!all.ok) throw new Error(all.summary);
  const names = await pathsIn(objects, async (commit) =>
    git(['ls-tree', '-r', '-z', '--full-tree', commit], call),
  );
  for (const { content, id } of objects) yield { path: names.get(id), bytes: content };
}

/** Returns the paths of the files in all commits, by the ids of their contents. */
async function pathsIn(
  objects: readonly BatchObject[],
  list: (commit: string) => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const commits = objects.filter(({ type }) => type === 'commit');
  const listed = await Promise.all(commits.map(async ({ id }) => list(id)));
  return new Map(
    listed
      .flatMap((text) => text.split('\0'))
      .flatMap((line) => {
        const [, id, path] = /^\d+ \w+ ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
        return id === undefined || path === undefined ? [] : [[id, path] as const];
      }),
  );
}
