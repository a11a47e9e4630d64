import type { Command } from 'commander';
import { addPlainCommand, type End } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';
import { addProgressOptions } from './progress/options.ts';

export function addInit(program: Command, env: CliEnvironment, end: End): void {
  const command = addPlainCommand(
    program,
    'init',
    'write a release definition and a workflow for this repository: asks in a terminal, shows everything before it writes, and ends with the plan',
  )
    .option('--yes', 'ask nothing: take what the flags say, and what is proposed for the rest')
    .option('--publish <name...>', 'publish these packages (default: all that are not private)')
    .option('--version-file <file>', 'the file whose version is the base of all versions')
    .option('--version-from-tags', 'take the base from the release tags')
    .option('--start <X.Y.Z>', 'write a new file VERSION with this version as the base')
    .option('--tag-prefix <prefix>', 'what comes before the version in a release tag')
    .option(
      '--image <image=dir...>',
      'publish an image from the Dockerfile in a folder: ghcr.io/acme/api=services/api',
    )
    .option(
      '--mirror <module=url...>',
      "publish a Go module to a repository of its own (default: where its path leads to, if that isn't this repository)",
    )
    .option('--branch <name>', 'the branch whose commits are published as dev builds')
    .option('--npm-registry <url>', 'the npm registry (default: https://registry.npmjs.org)')
    .option('--pypi-upload-url <url>', 'the upload address of another Python index than pypi.org')
    .option('--pypi-simple-url <url>', 'the Simple API of that index');
  addProgressOptions(command)
    .option(
      '--data',
      'write release.config.json instead of a program: then the jobs with tokens run nothing of the repository',
    )
    .option('--no-workflow', 'write no workflow for GitHub Actions')
    .option('--no-environments', 'the jobs with tokens use no environment of GitHub')
    .option('--install', 'also install the packages that the definition imports')
    .option('--offline', 'do not ask the registries: the plan only names what would be published')
    .option('--force', 'replace files that exist')
    .option('--dry-run', 'show every file, and write nothing')
    .option('--json', 'print one JSON object, and ask nothing')
    .action(async (options) => {
      const { init } = await import('./commands/init/init.ts');
      end(await init(env, { ...options, ...program.opts() }));
    });
}
