import type { Command } from 'commander';
import { type AddCommand, addTimedCommand, type End, ONLY, ORIGIN, REF } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

function addPlan(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'plan',
    'show what would be published and what the registries already have; writes nothing',
  )
    .option('--only <id...>', ONLY)
    .option(...REF)
    .option(...ORIGIN)
    .action(async (options) => {
      const { plan } = await import('./commands/release.ts');
      end(await plan(env, { ...options, ...program.opts() }));
    });
}

function addBuild(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'build',
    'build everything into a folder, for publish --from on any machine; sends nothing and needs no token',
  )
    .requiredOption(
      '--out <dir>',
      'the folder, outside the repository; builds of one commit may share it',
    )
    .option('--only <id...>', ONLY)
    .option(...REF)
    .option(...ORIGIN)
    .action(async (options) => {
      const { build } = await import('./commands/release.ts');
      end(await build(env, { ...options, ...program.opts() }));
    });
}

const FROM = 'a folder that build filled for this commit';

const RECORD = [
  '--record <file>',
  'once the release is complete, write its release record (JSON) to a file outside the repository',
] as const;

function addPromote(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'promote',
    'move the pointers of a release that publish --hold-pointers has published in parts',
  )
    .option('--from <dir>', `${FROM}: the registries must have exactly its files`)
    .option(...RECORD)
    .option(...REF)
    .option(...ORIGIN)
    .action(async (options) => {
      const { promote } = await import('./commands/release.ts');
      end(await promote(env, { ...options, ...program.opts() }));
    });
}

function addPublish(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'publish',
    'check, build, publish, verify and promote everything; safe to run again',
  )
    .option('--only <id...>', ONLY)
    .option(
      '--dry-run',
      'check and build everything, and show every file and how it differs from what is published; sends nothing',
    )
    .option('--plan <file>', 'do exactly what this plan (from plan --json) says, or nothing')
    .option('--from <dir>', `${FROM}: builds nothing, and publishes exactly its files`)
    .option(...RECORD)
    .option(
      '--hold-pointers',
      'move no pointer: other jobs publish the rest of the release, and promote moves the pointers last',
    )
    .option(...REF)
    .option(...ORIGIN)
    .action(async (options) => {
      const { publish } = await import('./commands/release.ts');
      end(await publish(env, { ...options, ...program.opts() }));
    });
}

/** The commands that report a whole release. */
export const RELEASE_COMMANDS: Readonly<
  Record<'plan' | 'build' | 'publish' | 'promote', AddCommand>
> = { plan: addPlan, build: addBuild, publish: addPublish, promote: addPromote };
