import type { ComponentName } from '../component.ts';
import { component } from '../component-detection.ts';
import type { Running } from '../running.ts';
import { openStateFolder, type StateFolder } from '../state-folder.ts';

/** Where a real server keeps its state. */
export interface RealServerOptions {
  /** Default: a temporary folder that `stop()` removes. */
  readonly directory?: string;
}

/**
 * Opens the state folder of a real server and starts the server. Disposes of the folder if that
 * fails, or if the component is missing.
 */
export async function startReal<R extends Running>(
  name: ComponentName,
  directory: string | undefined,
  start: (state: StateFolder, command: readonly string[]) => Promise<R>,
): Promise<R> {
  const { command, install } = component(name);
  if (command === undefined) throw new Error(`${name} is not installed: ${install}`);
  const state = await openStateFolder(name, directory);
  try {
    return await start(state, command);
  } catch (error) {
    await state.dispose();
    throw error;
  }
}
