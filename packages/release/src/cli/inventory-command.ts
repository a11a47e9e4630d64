import { type Command, Option } from 'commander';
import { MARKS } from '../report/inventory-mark.ts';
import { addTimedCommand, type End } from './command-parts.ts';
import type { CliEnvironment } from './environment.ts';

/** Adds `inventory`. */
export function addInventory(program: Command, env: CliEnvironment, end: End): void {
  addTimedCommand(
    program,
    'inventory',
    'show which artifacts of the release each service of the repository uses, in which version, built from which commit; exit 0 only if every commit is known',
  )
    .argument(
      '[service...]',
      'services by name or folder, or workloads in manifests (default: all that use something of the release)',
    )
    .addOption(
      new Option('--format <format>', 'how it is printed (default: table)')
        .choices(['table', 'markdown'])
        .conflicts('json'),
    )
    .addOption(
      new Option(
        '--fail-on <mark...>',
        'for CI: exit 2 if something has one of these marks (unknown always does)',
      ).choices(MARKS.filter((mark) => mark !== 'unknown')),
    )
    .action(async (services, options) => {
      const { inventory } = await import('./commands/inventory.ts');
      end(await inventory(env, { ...options, ...program.opts(), services }));
    });
}
