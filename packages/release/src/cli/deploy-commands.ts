import { type Command, Option } from 'commander';
import { addTimedCommand, type End } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

const ENVIRONMENT = [
  '--env <name>',
  'the environment: production, staging, development, ephemeral, or one of the policy',
] as const;

const POLICY = [
  '--policy <file>',
  'the policy alone (JSON or YAML), in place of the release definition, for a repository that has only manifests',
] as const;

const PATHS = [
  '<path...>',
  'files, folders with all YAML below them, or - for standard input',
] as const;

/** Adds `deploy`, whose commands are about manifests. */
export function addDeploy(program: Command, env: CliEnvironment, end: End): void {
  const deploy = program
    .command('deploy')
    .description('check and pin the images in manifests, and find out what they were built from')
    .exitOverride();
  addCheck(deploy, program, env, end);
  addResolve(deploy, program, env, end);
}

function addCheck(deploy: Command, program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    deploy,
    'deploy check',
    'check that the images in manifests may run in an environment; exit 0 only if all may',
  )
    .argument(...PATHS)
    .requiredOption(...ENVIRONMENT)
    .option(
      '--online',
      'also ask the registries: that each image is there, of the commit that its tag and annotation say, proven, and its release complete',
    )
    .option(...POLICY)
    .addOption(
      new Option('--sarif', 'print a SARIF 2.1.0 log, for code scanning').conflicts('json'),
    )
    .action(async (paths, options) => {
      const { check } = await import('./commands/deploy/check.ts');
      end(await check(env, { ...options, ...program.opts(), paths }));
    });
}

function addResolve(deploy: Command, program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    deploy,
    'deploy resolve',
    'ask the registries which commit images were built from, and what else was published from it',
  )
    .argument(
      '<image or path...>',
      'images with a tag or digest, or paths of manifests, as for check',
    )
    .action(async (subjects, options) => {
      const { resolve } = await import('./commands/deploy/resolve.ts');
      end(await resolve(env, { ...options, ...program.opts(), subjects }));
    });
}
