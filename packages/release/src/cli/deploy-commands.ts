import { type Command, Option } from 'commander';
import { addCommand, addTimedCommand, type End, eachOf } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

const ENVIRONMENT = [
  '--env <name>',
  'the environment: production, staging, development, ephemeral, or another that the policy defines',
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
    .description(
      'check, pin and roll back the images in Kubernetes manifests; print the policy for a cluster',
    )
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
      'also ask the registries: the image exists, was built from the commit that its tag and annotation name, has its signatures and provenance, and its release is complete',
    )
    .option(
      '--skip-templates',
      'leave out the templates of Helm charts below a folder: check the output of helm template separately',
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
    'set the images in manifests to one commit or version, and the annotation with the commit; all other bytes stay as they are',
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
    .option(
      '--offline',
      'do not ask the registries whether the images are there; then no digest can be written',
    )
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
    'pin the images that the manifests had before, from their git history, if the registries confirm them; a second rollback undoes the first: to go further back, use deploy pin',
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
    'print the policy as YAML for kubectl apply; asks no registry',
    'text',
  )
    .addOption(
      new Option(
        '--engine <engine>',
        'the policy engine: kubernetes (ValidatingAdmissionPolicy, 1.30), kyverno (ValidatingPolicy, 1.17), kyverno-cluster-policy (ClusterPolicy, which 1.17 deprecates), or sigstore (policy-controller: only signatures)',
      )
        .choices(['kubernetes', 'kyverno', 'kyverno-cluster-policy', 'sigstore'])
        .makeOptionMandatory(),
    )
    .option('--env <name...>', 'only these environments (default: all of the policy)')
    .addOption(
      new Option(
        '--action <action>',
        'what to do with an object that breaks the policy (default: deny); begin with audit or warn',
      ).choices(['deny', 'warn', 'audit']),
    )
    .option(
      '--no-signatures',
      'require no signatures (default: kyverno and sigstore require those of the identity in the definition)',
    )
    .option('--name <name>', 'the prefix of the names of the objects (default: ameide-images)')
    .option(...POLICY)
    .action(async (options) => {
      const { admission } = await import('./commands/deploy/admission.ts');
      end(await admission(env, { ...options, ...program.opts() }));
    });
}
