import {
  type CheckResult,
  checkManifests,
  checkOnline,
  type DeployPolicy,
  toSarif,
} from '@ameide/deploy-policy';
import { checkReport, type DeployCheckReport } from '../../../deploy/check-report.ts';
import { chartProblem, type ReadManifests, readManifests } from '../../../deploy/manifest-files.ts';
import { ownVersion } from '../../../own-version.ts';
import { deployCheckText } from '../../deploy-check-text.ts';
import type { CliEnvironment } from '../../environment.ts';
import { printReport, reportToActions } from '../../print.ts';
import type { Shown } from '../../progress/with-progress.ts';
import { askRegistries } from './ask-registries.ts';
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
  const read = await readManifests(args.paths, env.stdin);
  const found = lookAt(read, args, opened.policy);
  const { exitCode, report } =
    args.online === true ? await checkAll(env, args, opened, found) : checkFiles(args, found);
  if (args.sarif === true) void env.stdout(`${JSON.stringify(sarifOf(report, read), null, 2)}\n`);
  else printReport(env, args.json, report, deployCheckText);
  await reportToActions(env, report, process.cwd());
  return exitCode;
}

function lookAt(
  { charts, files, links, problems }: ReadManifests,
  { env: environment, skipTemplates = false }: CheckArguments,
  policy: DeployPolicy,
): CheckResult {
  const templates = skipTemplates ? [] : charts.map(chartProblem);
  const result = checkManifests(files, { policy, environment });
  return {
    ...result,
    problems: [...problems, ...templates, ...result.problems],
    notes: [...links.map(linkNote), ...result.notes],
  };
}

function linkNote(path: string): string {
  return `${path} is a link to a folder, which was not followed: name it to check it.`;
}

/** Reports what the files say. */
function checkFiles(
  { env: environment }: CheckArguments,
  found: CheckResult,
): Shown<DeployCheckReport> {
  const report = checkReport(found, { environment, online: false });
  return { report, exitCode: report.exitCode };
}

/** Also asks the registries about the images. */
async function checkAll(
  env: CliEnvironment,
  args: CheckArguments,
  opened: OpenedPolicy,
  found: CheckResult,
): Promise<Shown<DeployCheckReport>> {
  const release = requireRelease(opened, '--online');
  const asked = { policy: opened.policy, environment: args.env };
  return askRegistries(env, args, release, async (registry) => {
    const problems = await checkOnline(found.images, { ...asked, registry });
    const result = { ...found, problems: [...found.problems, ...problems] };
    return checkReport(result, { environment: args.env, online: true });
  });
}

/** Code scanning takes paths from the top of the repository. */
function sarifOf({ problems }: DeployCheckReport, { files }: ReadManifests): object {
  const paths = new Map(files.map(({ inRepository, path }) => [path, inRepository ?? path]));
  const placed = problems.map((one) =>
    one.path === undefined ? one : { ...one, path: paths.get(one.path) ?? one.path },
  );
  return toSarif(placed, ownVersion());
}
