import { InvalidInputError, type VersionOptions } from '@ameide/versioning-core';
import type { BaseSource } from '../../commit/base.ts';
import { type CommitQuestion, readCommit } from '../../commit/commit.ts';
import type { ReleaseDefinition } from '../../definition/definition.ts';
import { type ReleaseFacts, releaseFacts } from '../../report/facts.ts';
import type { PlannedNames } from '../../run/planned-names.ts';
import type { CliEnvironment } from '../environment.ts';
import { openDirectory } from '../open-directory.ts';
import { versionTable } from '../output.ts';
import { plannedText } from '../planned-text.ts';
import { printReport } from '../print.ts';

export interface VersionArguments {
  readonly directory: string;
  readonly revision?: string;
  readonly json?: boolean;
  readonly githubOutput?: boolean;
  readonly base?: string;
  readonly versionFile?: string;
  readonly config?: string;
  readonly tagPrefix?: string;
  readonly goModule?: string;
  readonly ref?: string;
  readonly stamp?: VersionOptions['stamp'];
  readonly afterRelease?: CommitQuestion['afterRelease'];
}

/**
 * `ameide-release version`: offline; needs no definition when `--base` or `--version-file` is given.
 * With one it also shows what the definition publishes, as `plan` names it, and fails if part of that
 * cannot be named.
 */
export async function version(env: CliEnvironment, args: VersionArguments): Promise<number> {
  if (args.tagPrefix !== undefined)
    (await import('../../definition/definition.ts')).tagPrefix(args.tagPrefix, '--tag-prefix');
  await using repository = await openDirectory(args.directory);
  const { definition, ...known } = await baseOf(args, repository.root);
  const question: CommitQuestion = {
    ...known,
    env: env.env,
    ...(args.revision === undefined ? {} : { revision: args.revision }),
    ...(args.ref === undefined ? {} : { ref: args.ref }),
    ...(args.tagPrefix === undefined ? {} : { tagPrefix: args.tagPrefix }),
    ...(args.goModule === undefined ? {} : { goDirectory: args.goModule }),
    ...(args.stamp === undefined ? {} : { stamp: args.stamp }),
    ...(args.afterRelease === undefined ? {} : { afterRelease: args.afterRelease }),
  };
  const commit = await readCommit(repository, question);
  const facts = releaseFacts(commit);
  const planned =
    definition === undefined
      ? undefined
      : await (await import('../../run/planned-names.ts')).plannedNames(
          definition,
          commit,
          repository,
        );
  if (args.githubOutput === true)
    await (await import('../github-output.ts')).writeGithubOutput(facts, env.env['GITHUB_OUTPUT']);
  printReport(env, args.json, { ...facts, ...planned }, versionText);
  if (env.actions !== undefined) {
    const { reportVersion } = await import('../actions/step-report.ts');
    await reportVersion(env, { facts, planned }, repository.root);
  }
  if (planned === undefined || planned.problems.length === 0) return 0;
  const { EXIT_CODES, statusOf } = await import('../../report/status.ts');
  return EXIT_CODES[statusOf(planned.problems)];
}

function versionText(report: ReleaseFacts & Partial<PlannedNames>): string {
  const { artifacts, pointers, problems } = report;
  if (artifacts === undefined || pointers === undefined || problems === undefined)
    return versionTable(report);
  const planned = { artifacts, pointers, problems };
  const text = plannedText(planned);
  return `${versionTable(report, planned)}${text === '' ? '' : `\n${text}`}`;
}

type Known = { readonly base: BaseSource; readonly definition?: ReleaseDefinition } & Pick<
  CommitQuestion,
  'tagPrefix' | 'goModules' | 'stamp' | 'afterRelease'
>;

async function baseOf(args: VersionArguments, root: string): Promise<Known> {
  if (args.base !== undefined && args.versionFile !== undefined) {
    throw new InvalidInputError({
      field: 'base',
      received: args.base,
      expected: 'either --base or --version-file, not both',
    });
  }
  if (args.base !== undefined) return { base: { base: args.base } };
  if (args.versionFile !== undefined) return { base: { versionFile: args.versionFile } };
  const { loadDefinition } = await import('../../definition/load.ts');
  const { versionQuestion } = await import('../../definition/definition.ts');
  const definition = await loadDefinition(root, args.config);
  return { ...versionQuestion(definition), definition };
}
