import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folderName } from '@ameide/publisher-kit';
import type { RunContext } from '../run/context.ts';
import { eventOf, type PublisherRun, withProblems } from '../run/publisher-run.ts';
import { runStep } from '../run/run-step.ts';
import { type BuildFacts, type BuiltPart, PARTIAL } from './build-index.ts';
import { describePart } from './describe-part.ts';
import { listFiles } from './list-files.ts';
import { writeIndex } from './write-index.ts';

/**
 * Writes what each run built into its own folder below `out`, in place of an earlier build's, and then the index of
 * all of them. Writes no index if one is missing, so that nobody takes an unfinished build for a whole one.
 */
export async function saveBuilt(
  runs: readonly PublisherRun[],
  out: string,
  facts: BuildFacts,
  context: RunContext,
): Promise<readonly PublisherRun[]> {
  const saved = await Promise.all(runs.map(async (run) => savePart(run, out, context)));
  const parts = saved.flatMap(({ part }) => part ?? []);
  if (parts.length < runs.length) return saved.map(({ run }) => run);
  await writeIndex(out, { schema: 'ameide-release/built/1', ...facts, parts });
  return saved.map(({ run }) => ({ ...run, isSaved: true }));
}

/** `part` is missing if the run built nothing, or could not save it. */
interface Saved {
  readonly run: PublisherRun;
  readonly part?: BuiltPart;
}

async function savePart(run: PublisherRun, out: string, context: RunContext): Promise<Saved> {
  const { built, publisher } = run;
  if (built === undefined) return { run };
  const folder = join(out, folderName(run.id));
  const partial = `${folder}${PARTIAL}`;
  const { value: part, problems } = await runStep(
    {
      run,
      phase: 'save',
      name: 'save what it built',
      effect: 'none',
      async call(step) {
        await rm(partial, { recursive: true, force: true });
        await mkdir(partial, { recursive: true });
        await publisher.save(built, partial, step);
        const files = await listFiles(partial, step.signal);
        await rm(folder, { recursive: true, force: true });
        await rename(partial, folder);
        const text = `saved in ${folder}`;
        void context.emit({ type: 'progress', ...eventOf(run, 'save'), text });
        return describePart(run, built.artifacts, files);
      },
    },
    context,
  );
  return { run: withProblems(run, problems), ...(part === undefined ? {} : { part }) };
}
