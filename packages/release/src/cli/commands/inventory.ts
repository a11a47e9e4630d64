import { loadDefinition } from '../../definition/load.ts';
import { takeInventory } from '../../inventory/inventory.ts';
import type { Mark } from '../../report/inventory-mark.ts';
import type { CliEnvironment } from '../environment.ts';
import { inventoryMarkdown } from '../inventory-markdown.ts';
import { inventoryText } from '../inventory-text.ts';
import { openDirectory } from '../open-directory.ts';
import { printReport, reportToActions } from '../print.ts';
import type { ProgressArguments } from '../progress/options.ts';
import { withProgress } from '../progress/with-progress.ts';

export interface InventoryArguments extends ProgressArguments {
  readonly directory: string;
  readonly services: readonly string[];
  readonly format?: 'table' | 'markdown';
  readonly failOn?: readonly Mark[];
  readonly config?: string;
}

/** `ameide-release inventory` */
export async function inventory(env: CliEnvironment, args: InventoryArguments): Promise<number> {
  const { config, directory, failOn = [], format, services } = args;
  await using repository = await openDirectory(directory);
  const { exitCode, report } = await withProgress(env, args, repository.root, async (onEvent) =>
    takeInventory({
      repository,
      definition: await loadDefinition(repository.root, config),
      services,
      failOn,
      signal: env.signal,
      onEvent,
    }),
  );
  printReport(env, args.json, report, format === 'markdown' ? inventoryMarkdown : inventoryText);
  await reportToActions(env, report, repository.root);
  return exitCode;
}
