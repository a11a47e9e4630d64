import { join } from 'node:path';
import { toSarif } from '@ameide/deploy-policy';
import { type DoctorResult, examine } from '../../doctor/doctor.ts';
import { type DoctorReport, doctorReport } from '../../doctor/report.ts';
import { RULES } from '../../doctor/rules/index.ts';
import { replaceFiles } from '../../files/replace-files.ts';
import { ownVersion } from '../../own-version.ts';
import { doctorText } from '../doctor-text.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { printReport, reportToActions } from '../print.ts';

export interface DoctorArguments {
  readonly directory: string;
  readonly config?: string;
  readonly fix?: boolean;
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly skip?: readonly string[];
}

/** `ameide-release doctor` */
export async function doctor(env: CliEnvironment, args: DoctorArguments): Promise<number> {
  await using repository = await openDirectory(args.directory);
  const { config, fix = false, skip = [] } = args;
  const result = await examine({
    repository,
    fix,
    skip,
    ...(config === undefined ? {} : { config }),
  });
  const report = doctorReport(result, await write(result, repository.root));
  if (args.sarif === true) void env.stdout(`${JSON.stringify(sarifOf(report), null, 2)}\n`);
  else print(env, args.json, report);
  await reportToActions(env, report, repository.root);
  return report.exitCode;
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
