import { type Command, Option } from 'commander';
import { addTimedCommand, type End } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

/** Adds `doctor`. */
export function addDoctor(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'doctor',
    'check that the repository is laid out so that it can be released: the files of the working tree, offline; exit 0 only if nothing is found',
  )
    .option('--fix', 'write the changes that are safe, and print them as a unified diff')
    .option('--skip <rule...>', 'skip these rules')
    .addOption(
      new Option('--sarif', 'print a SARIF 2.1.0 log, for code scanning').conflicts('json'),
    )
    .action(async (options) => {
      const { doctor } = await import('./commands/doctor.ts');
      end(await doctor(env, { ...options, ...program.opts() }));
    });
}
