import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createProcesses } from '../process/create-processes.ts';
import type { Processes } from '../process/processes.ts';

/**
 * Copies a checkout to a path that does not exist, with its times, modes and links, sharing blocks
 * where the file system can. `cp` takes a tenth of the time of Node's own copy: half a second for
 * 12,000 files. Never makes hard links: a build that rewrites a file in place would change it in
 * every copy. For the same reason `makeLinksRelative` comes first.
 */
export async function copyCheckout(
  from: string,
  to: string,
  options: { readonly processes?: Processes; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { processes = createProcesses(), signal } = options;
  for (const flags of COPY_FLAGS[process.platform] ?? []) {
    const argv = ['cp', ...flags, '--', from, to] as const;
    const call = { argv, cwd: '/', signal };
    if ((await processes.run(call)).ok) return;
    signal?.throwIfAborted();
  }
  const mode = constants.COPYFILE_FICLONE;
  const flags = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  await cp(from, to, { ...flags, mode, force: true });
}

/**
 * `-a` keeps modes, times and links. `-T` with a missing target makes the copy the target itself.
 */
const COPY_FLAGS: Partial<Record<NodeJS.Platform, readonly (readonly string[])[]>> = {
  linux: [
    ['-a', '-T', '--reflink=auto', '--no-preserve=links'],
    ['-a', '-T'],
  ],
  darwin: [
    ['-c', '-R', '-p'],
    ['-R', '-p'],
  ],
};
