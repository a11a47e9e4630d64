import {
  type CheckResult,
  checkManifests,
  checkOnline,
  type DeployPolicy,
  toSarif,
} from '@ameide/deploy-policy';
import { checkReport, type DeployCheckReport } from '../../../deploy/check-report.ts';
import { withImageRegistry } from '../../../deploy/image-registry.ts';
import { chartProblem, readManifests } from '../../../deploy/manifest-files.ts';
import { ownVersion } from '../../../own-version.ts';
import { deployCheckText } from '../../deploy-check-text.ts';
import type { CliEnvironment } from '../../environment.ts';
import { printReport, reportToActions } from '../../print.ts';
import { withProgress } from '../../progress/with-progress.ts';
import {
  type DeployArguments,
  type OpenedPolicy,
  openPolicy,
  requireRelease,
} from './open-policy.ts';

export interface CheckArguments extends DeployArguments {
  readonly env: string;
  readonly paths: readonly string[];
  readonly online?: boolean;
  readonly sarif?: boolean;
  /** The templates of charts below a folder are checked elsewhere, as Helm renders them. */
  readonly skipTemplates?: boolean;
}

/** `ameide-release deploy check` */
export async function check(env: CliEnvironment, args: CheckArguments): Promise<number> {
  await using opened = await openPolicy(args);
  const { exitCode, report } =
    args.online === true ? await checkAll(env, args, opened) : await checkFiles(env, args, opened);
  if (args.sarif === true)
    void env.stdout(`${JSON.stringify(toSarif(report.problems, ownVersion()), null, 2)}\n`);
  else printReport(env, args.json, report, deployCheckText);
  await reportToActions(env, report, process.cwd());
  return exitCode;
}

/** Looks at the files alone. */
async function checkFiles(
  env: CliEnvironment,
  args: CheckArguments,
  { policy }: OpenedPolicy,
): Promise<{ readonly report: DeployCheckReport; readonly exitCode: number }> {
  const report = checkReport(await readAndCheck(env, args, policy), {
    environment: args.env,
    online: false,
  });
  return { report, exitCode: report.exitCode };
}

/** Looks at the files, and asks the registries about their images. */
async function checkAll(
  env: CliEnvironment,
  args: CheckArguments,
  opened: OpenedPolicy,
): Promise<{ readonly report: DeployCheckReport; readonly exitCode: number }> {
  const { policy } = opened;
  const release = requireRelease(opened, '--online');
  const found = await readAndCheck(env, args, policy);
  const asked = { policy, environment: args.env };
  return withProgress(env, args, release.repository.root, async (onEvent) =>
    withImageRegistry({ ...release, signal: env.signal, onEvent }, async (registry) => {
      const problems = await checkOnline(found.images, { ...asked, registry });
      const result = { ...found, problems: [...found.problems, ...problems] };
      return checkReport(result, { environment: args.env, online: true });
    }),
  );
}

async function readAndCheck(
  env: CliEnvironment,
  { env: environment, paths, skipTemplates = false }: CheckArguments,
  policy: DeployPolicy,
): Promise<CheckResult> {
  const { charts, files, problems } = await readManifests(paths, env.stdin);
  const templates = skipTemplates ? [] : charts.map(chartProblem);
  const result = checkManifests(files, { policy, environment });
  return { ...result, problems: [...problems, ...templates, ...result.problems] };
}
