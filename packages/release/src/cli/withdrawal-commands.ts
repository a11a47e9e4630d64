import type { Command } from 'commander';
import { addTimedCommand, type End, ORIGIN } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

const MESSAGE = [
  '--message <text>',
  'the message for people who install a withdrawn version, in one line (default: which version to use instead)',
] as const;

const YES = [
  '--yes',
  'do what can be taken back: move pointers, deprecate; without it only show what has to be done',
] as const;

/** Adds `migrate`. */
export function addMigrate(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'migrate',
    'show which published versions are above the first release, what each client installs, and what makes it install the release',
  )
    .option('--to <X.Y.Z>', 'the release that people should get (default: the base at HEAD)')
    .option(...MESSAGE)
    .option(...YES)
    .option(...ORIGIN)
    .action(async (options) => {
      const { migrate } = await import('./commands/withdrawal.ts');
      end(await migrate(env, { ...program.opts(), ...options }));
    });
}

/** Adds `withdraw`. */
export function addWithdraw(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'withdraw',
    'show what has to be done so that nobody gets one bad release any more, in every registry',
  )
    .argument('<X.Y.Z>', 'the bad release, or a candidate X.Y.Z-rc.N')
    .option(
      '--to <X.Y.Z>',
      'the release that people should get instead (default: the highest other one that is not withdrawn)',
    )
    .option(...MESSAGE)
    .option(...YES)
    .option(...ORIGIN)
    .action(async (release, options) => {
      const { withdraw } = await import('./commands/withdrawal.ts');
      end(await withdraw(env, { ...program.opts(), ...options, release }));
    });
}
