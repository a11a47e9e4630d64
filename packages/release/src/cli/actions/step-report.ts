import { appendFile } from 'node:fs/promises';
import type { ReleaseFacts } from '../../report/facts.ts';
import type { ReleaseReport } from '../../report/release-report.ts';
import { reasonOf } from '../../run/faults.ts';
import type { PlannedNames } from '../../run/planned-names.ts';
import type { CliEnvironment } from '../environment.ts';
import type { FailureReport } from '../failure.ts';
import { renderOutputs } from '../github-output.ts';
import { annotations, type StepMessages } from './annotations.ts';
import { failureOutputs, type Outputs, releaseOutputs } from './outputs.ts';
import { appendSummary } from './step-file.ts';
import { failureSummary, releaseSummary, type Section, versionSummary } from './summary.ts';

/** What a step of GitHub Actions shows of one command. */
interface StepReport extends StepMessages {
  readonly sections: readonly Section[];
  readonly outputs?: Outputs;
}

/** After `plan`, `build`, `publish` or `promote`. `root` is the repository, absolute. */
export async function reportRelease(
  env: CliEnvironment,
  report: ReleaseReport,
  root: string,
): Promise<void> {
  await show(env, root, () => {
    const safe = redacted(env, report);
    const { exitCode, notes, problems, release } = safe;
    return {
      sections: releaseSummary(safe),
      outputs: releaseOutputs(safe),
      problems,
      isSuccess: exitCode === 0,
      notes: [...(release.note === undefined ? [] : [release.note]), ...notes],
    };
  });
}

/** After `version`. Its outputs are those of `--github-output`. */
export async function reportVersion(
  env: CliEnvironment,
  found: { readonly facts: ReleaseFacts; readonly planned: PlannedNames | undefined },
  root: string,
): Promise<void> {
  await show(env, root, () => {
    const { facts, planned } = redacted(env, found);
    return {
      sections: versionSummary(facts, planned),
      problems: planned?.problems ?? [],
      isSuccess: false,
      notes: facts.note === undefined ? [] : [facts.note],
    };
  });
}

/** After `move-pointer`, `deprecate` or `trace`: annotations alone. */
export async function reportProblems(
  env: CliEnvironment,
  report: Pick<FailureReport, 'problems' | 'exitCode'>,
  root: string,
): Promise<void> {
  await show(env, root, () => {
    const { exitCode, problems } = redacted(env, report);
    return { sections: [], problems, isSuccess: exitCode === 0, notes: [] };
  });
}

const RELEASES: ReadonlySet<string> = new Set(['plan', 'build', 'publish', 'promote']);

/** After any command that could not begin. */
export async function reportStepFailure(
  env: CliEnvironment,
  failure: FailureReport,
  { command, readsOnly }: { readonly command: string | undefined; readonly readsOnly: boolean },
): Promise<void> {
  await show(env, undefined, () => {
    const safe = redacted(env, failure);
    return {
      sections: failureSummary(command ?? 'ameide-release', safe.problems, readsOnly),
      ...(RELEASES.has(command ?? '') ? { outputs: failureOutputs(safe) } : {}),
      problems: safe.problems,
      isSuccess: false,
      notes: [],
    };
  });
}

/** Never throws, and changes no exit code: a failure to show the result is no failed command. */
async function show(
  env: CliEnvironment,
  root: string | undefined,
  make: () => StepReport,
): Promise<void> {
  await attempt(env, 'What this step shows is incomplete', async () => {
    const report = make();
    const { outputs, sections } = report;
    const places = { workspace: env.env['GITHUB_WORKSPACE'], root };
    for (const command of annotations(report, places)) env.actions?.command(command);
    await write(env, 'GITHUB_STEP_SUMMARY', async (file) => appendSummary(file, sections));
    if (outputs !== undefined)
      await write(env, 'GITHUB_OUTPUT', async (file) => appendFile(file, renderOutputs(outputs)));
  });
}

async function write(
  env: CliEnvironment,
  name: 'GITHUB_STEP_SUMMARY' | 'GITHUB_OUTPUT',
  append: (file: string) => Promise<void>,
): Promise<void> {
  const file = env.env[name];
  if (file === undefined || file === '') return;
  await attempt(env, `The file that ${name} names could not be written`, async () => append(file));
}

async function attempt(
  env: CliEnvironment,
  failure: string,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    const message = `${failure} (${reasonOf(error)}). What the command did is not affected.`;
    env.actions?.command({ name: 'warning', message });
  }
}

/** Files are no output of this process, so `safeOutput` does not see what goes into them. */
function redacted<T>(env: CliEnvironment, value: T): T {
  const walk = (one: unknown): unknown => {
    if (typeof one === 'string') return env.actions?.redact(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, of]) => [name, walk(of)]));
  };
  return walk(value) as T;
}
