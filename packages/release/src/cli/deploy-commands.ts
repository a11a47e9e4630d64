import { type Command, Option } from 'commander';
import { addCommand, addTimedCommand, type End } from './command-parts.ts';
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
  addPin(deploy, program, env, end);
  addResolve(deploy, program, env, end);
  addRollback(deploy, program, env, end);
  addAdmission(deploy, program, env, end);
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
    .option(
      '--skip-templates',
      'leave out the templates of Helm charts below a folder: check what helm template prints instead',
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

const WRITE = ['--write', 'write the files; without it, only print a unified diff'] as const;
const FILES = ['<path...>', 'files, or folders with all YAML below them'] as const;

function addPin(deploy: Command, program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    deploy,
    'deploy pin',
    'set the images in manifests to one commit or version, and the annotation that says the commit; every other byte stays',
  )
    .argument(...FILES)
    .requiredOption(...ENVIRONMENT)
    .option('--sha <revision>', 'the commit: a SHA, a tag, a branch')
    .option('--version <X.Y.Z>', 'the version, X.Y.Z or X.Y.Z-rc.N')
    .option(
      '--only <image>',
      'only this image, and each of a further --only (default: all in the manifests that the release definition publishes)',
      eachOf,
    )
    .option('--offline', 'ask no registry whether the images are there; digests stay unknown')
    .option(...WRITE)
    .option(...POLICY)
    .action(async (paths, options) => {
      const { pin } = await import('./commands/deploy/pin.ts');
      end(await pin(env, { ...program.opts(), ...options, paths }));
    });
}

function addRollback(deploy: Command, program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    deploy,
    'deploy rollback',
    'pin the images that manifests had before, as their git history says and the registries confirm',
  )
    .argument(...FILES)
    .requiredOption(...ENVIRONMENT)
    .option(...WRITE)
    .action(async (paths, options) => {
      const { rollback } = await import('./commands/deploy/rollback.ts');
      end(await rollback(env, { ...options, ...program.opts(), paths }));
    });
}

function addAdmission(deploy: Command, program: Command, env: CliEnvironment, end: End): void {
  addCommand(
    deploy,
    'deploy admission',
    'print the same policy for a cluster, as YAML for kubectl apply; asks nobody',
    'text',
  )
    .addOption(
      new Option(
        '--engine <engine>',
        'who admits: kubernetes (ValidatingAdmissionPolicy, 1.30), kyverno (ValidatingPolicy, 1.17), kyverno-cluster-policy (ClusterPolicy, which 1.17 deprecates), or sigstore (policy-controller: signatures alone)',
      )
        .choices(['kubernetes', 'kyverno', 'kyverno-cluster-policy', 'sigstore'])
        .makeOptionMandatory(),
    )
    .option('--env <name...>', 'only these environments (default: all of the policy)')
    .addOption(
      new Option(
        '--action <action>',
        'what happens to what is not allowed (default: deny); begin with audit or warn',
      ).choices(['deny', 'warn', 'audit']),
    )
    .option(
      '--no-signatures',
      'ask for no signatures (default: kyverno and sigstore verify those of the identity in the definition)',
    )
    .option('--name <name>', 'what the names of the objects begin with (default: ameide-images)')
    .option(...POLICY)
    .action(async (options) => {
      const { admission } = await import('./commands/deploy/admission.ts');
      end(await admission(env, { ...options, ...program.opts() }));
    });
}

/** An option that may be given several times, with one value each: a list would take the paths, too. */
function eachOf(
  value: string,
  before: readonly string[] | undefined,
): readonly string[] | undefined {
  return [...(before ?? []), value];
}
