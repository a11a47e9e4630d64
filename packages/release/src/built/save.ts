import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { folderName } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import { pathInside } from '../commit/path-inside.ts';
import type { RunContext } from '../run/context.ts';
import { eventOf, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { type BuiltRecord, FILES, listFiles, RECORD } from './record.ts';

/** What all records of one build say. */
export type BuildFacts = Pick<BuiltRecord, 'sha' | 'channel' | 'definition'>;

/**
 * Writes what a run built into its own folder below `out`. The folder appears whole, under its name, or
 * not at all, and replaces that of an earlier build.
 */
export async function saveBuilt(
  run: PublisherRun,
  out: string,
  facts: BuildFacts,
  context: RunContext,
): Promise<PublisherRun> {
  const { built, plan, publisher } = run;
  if (built === undefined) return run;
  const folder = join(out, folderName(run.id));
  const partial = `${folder}.partial`;
  const { problems } = await runStep(
    {
      run,
      phase: 'save',
      name: 'save what it built',
      effect: 'none',
      async call(step) {
        await rm(partial, { recursive: true, force: true });
        await mkdir(join(partial, FILES), { recursive: true });
        await publisher.save(built, join(partial, FILES), step);
        const record: BuiltRecord = {
          schema: 'ameide-release/built/1',
          publisher: run.id,
          ...facts,
          plan,
          artifacts: built.artifacts,
          files: await listFiles(join(partial, FILES), step.signal),
        };
        await writeFile(join(partial, RECORD), `${JSON.stringify(record, undefined, 2)}\n`);
        await rm(folder, { recursive: true, force: true });
        await rename(partial, folder);
        const text = `saved in ${folder}`;
        void context.emit({ type: 'progress', ...eventOf(run, 'save'), text });
      },
    },
    context,
  );
  const saved = problems.length === 0 ? { ...run, isSaved: true } : run;
  return withProblems(saved, problems);
}

/**
 * Makes the folder if there is none. Throws `InvalidInputError` if it holds anything that is not a
 * build's, as nothing of it may be lost, or is in the repository.
 */
export async function openOut(out: string, repository: string): Promise<void> {
  if (pathInside(repository, resolve(out)) !== undefined)
    throw new InvalidInputError(
      {
        field: 'out',
        received: out,
        expected:
          'a folder outside the repository, inside which it would count as a change of the commit',
      },
      'out-folder',
    );
  await mkdir(out, { recursive: true });
  for (const name of await readdir(out)) {
    const isOurs =
      name.endsWith('.partial') || (await stat(join(out, name, RECORD)).catch(() => undefined));
    if (isOurs) continue;
    throw new InvalidInputError(
      {
        field: 'out',
        received: out,
        expected: `a new or an empty folder, or one with builds alone; it has ${name}`,
      },
      'out-folder',
    );
  }
}
