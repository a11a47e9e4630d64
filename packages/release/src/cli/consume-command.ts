import type { Command } from 'commander';
import { addTimedCommand, type End, eachOf, ONLY } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

/** Adds `consume`. */
export function addConsume(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'consume',
    'make every consumer in this repository ask for one release: manifests of packages, catalogs, Dockerfiles, Kubernetes manifests, and their lockfiles; all other bytes stay as they are',
  )
    .argument('[path...]', 'only these files and folders (default: all consumers)')
    .option(
      '--version <X.Y.Z>',
      'the release, X.Y.Z or X.Y.Z-rc.N (default: the highest X.Y.Z that has a tag and is not withdrawn)',
    )
    .option('--sha <revision>', 'the release or dev build of this commit: a SHA, a tag, a branch')
    .option('--allow-withdrawn', 'take the release also if it is deprecated, yanked or retracted')
    .option('--only <id>', ONLY, eachOf)
    .option('--skip-lockfiles', 'leave the lockfiles as they are')
    .option('--write', 'write the files; without it, only print a unified diff')
    .option(
      '--pull-request',
      'commit the changes to a branch on GitHub, and open its pull request or update it; the token is GITHUB_TOKEN',
    )
    .option('--branch <name>', 'the branch of the pull request (default: ameide-release/consume)')
    .option(
      '--into <branch>',
      'the branch that the pull request is for (default: the default branch on GitHub)',
    )
    .action(async (paths, options) => {
      const { consumeCommand } = await import('./commands/consume.ts');
      end(await consumeCommand(env, { ...program.opts(), ...options, paths }));
    });
}
