import { join } from 'node:path';
import { toSarif } from '@ameide/deploy-policy';
import { type DoctorResult, examine } from '../../doctor/doctor.ts';
import { type DoctorReport, doctorReport } from '../../doctor/report.ts';
import { RULES } from '../../doctor/rules/index.ts';
import { replaceFiles } from '../../files/replace-files.ts';
import { ownVersion } from '../../own-version.ts';
import { SYSTEM_CLOCK } from '../../run/clock.ts';
import type { Emitter } from '../../run/emitter.ts';
import { observedRun } from '../../run/observed-run.ts';
import { doctorText } from '../doctor-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';

export interface DoctorArguments extends ProgressArguments {
  readonly directory: string;
  readonly config?: string;
  readonly fix?: boolean;
  readonly sarif?: boolean;
  readonly skip?: readonly string[];
}

/** `ameide-release doctor` */
export async function doctor(env: CliEnvironment, args: DoctorArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const { config, fix = false, skip = [] } = args;
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) =>
    observedRun({ command: 'doctor', runs: [], onEvent }, async (emitter) => {
      const result = await examine({
        repository,
        fix,
        skip,
        onProgress: everySecond(emitter),
        ...(config === undefined ? {} : { config }),
      });
      return doctorReport(result, await write(result, repository.root));
    }),
  );
  if (args.sarif === true) void env.stdout(`${JSON.stringify(sarifOf(report), null, 2)}\n`);
  else print(env, args.json, report);
  await reportToActions(env, report, repository.root);
  return exitCode;
}

/** Most repositories need no progress: nothing is shown in the first second. */
function everySecond(emitter: Emitter): (text: string) => void {
  let last = SYSTEM_CLOCK.now();
  return (text) => {
    if (SYSTEM_CLOCK.now() - last < 1000) return;
    last = SYSTEM_CLOCK.now();
    void emitter.emit({ type: 'progress', phase: 'check', text });
  };
}

function print(env: CliEnvironment, json: boolean | undefined, report: DoctorReport): void {
  if (json !== true && report.diff !== '') void (env.patch ?? env.stdout)(report.diff);
  printReport(env, json, report, doctorText);
}

async function write({ files }: DoctorResult, root: string): ReturnType<typeof replaceFiles> {
  return replaceFiles(files.map((one) => ({ ...one, file: join(root, one.path) })));
}

function sarifOf({ problems }: DoctorReport): object {
  const texts = Object.fromEntries(RULES.map(({ name, title, why }) => [name, `${title} ${why}`]));
  return toSarif(problems, ownVersion(), { texts, page: '/blob/main/docs/doctor.md' });
}
