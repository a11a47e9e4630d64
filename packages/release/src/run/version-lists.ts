import { settleAll } from '@ameide/publisher-kit';
import {
  formatCoordinate,
  type Problem,
  type VersionList,
  type VersionQuestion,
} from '@ameide/versioning-core';
import type { RunContext } from './context.ts';
import { distinct, eventOf, type PublisherRun } from './publisher-run.ts';
import { runStep } from './run-step.ts';

/** Every version that the registry has of one run's artifact. */
export interface ListedRun {
  readonly run: PublisherRun;
  /** Absent if the registry cannot list, or did not answer. */
  readonly list?: VersionList;
  /** Why a registry that can list did not. */
  readonly problems: readonly Problem[];
}

/** Asks every run's registry for all its versions. */
export async function listVersions(
  runs: readonly PublisherRun[],
  context: RunContext,
  question: VersionQuestion = {},
): Promise<readonly ListedRun[]> {
  return settleAll(runs.map(async (run) => listOne(run, context, question)));
}

/** Asks one run's registry. */
export async function listOne(
  run: PublisherRun,
  context: RunContext,
  question: VersionQuestion = {},
): Promise<ListedRun> {
  const { plan, publisher } = run;
  if (publisher.versions === undefined) return { run, problems: [] };
  const text = `asking ${plan.registry} for its versions`;
  void context.emit({ type: 'progress', ...eventOf(run, 'check'), text });
  const { value, problems } = await runStep(
    {
      run,
      phase: 'check',
      effect: 'none',
      name: 'list its versions',
      call: async (step) => publisher.versions?.(plan, step, question),
    },
    context,
  );
  const unread = value?.value?.pointers.flatMap((pointer) => pointer.problem ?? []) ?? [];
  const found = distinct([...problems, ...(value?.problems ?? []), ...unread]);
  const list = value?.value;
  return { run, problems: found, ...(list === undefined ? {} : { list: once(list) }) };
}

/** Removes duplicates: a publisher of a third party may list a version twice. */
function once(list: VersionList): VersionList {
  const named = new Map(list.versions.map((one) => [formatCoordinate(one.coordinate), one]));
  return { ...list, versions: [...named.values()] };
}
