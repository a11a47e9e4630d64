import { constants } from 'node:fs';
import { cp, lstat, lutimes, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createProcesses } from '../process/create-processes.ts';
import type { Processes } from '../process/processes.ts';

/**
 * Copies a checkout to a path that does not exist, with its times, modes and links, sharing blocks
 * where the file system can. `cp` takes a tenth of the time of Node's own copy: half a second for
 * 12,000 files. Never makes hard links: a build that rewrites a file in place would change it in
 * every copy. For the same reason an absolute link into the checkout leads into the copy.
 */
export async function copyCheckout(
  from: string,
  to: string,
  options: { readonly processes?: Processes; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { processes = createProcesses(), signal } = options;
  await copyAll(from, to, processes, signal);
  for (const link of await findLinks(to, processes, signal)) await redirect(link, from, to);
}

async function copyAll(
  from: string,
  to: string,
  processes: Processes,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const flags of COPY_FLAGS[process.platform] ?? []) {
    const argv = ['cp', ...flags, '--', from, to] as const;
    const call = { argv, cwd: '/', ...(signal === undefined ? {} : { signal }) };
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

/** Returns the paths of all symbolic links below a folder, as bytes. */
async function findLinks(
  folder: string,
  processes: Processes,
  signal: AbortSignal | undefined,
): Promise<readonly Buffer[]> {
  // `find` takes a tenth of the time of Node's own walk.
  const argv = ['find', folder, '-type', 'l', '-print0'] as const;
  const call = { argv, cwd: '/', ...(signal === undefined ? {} : { signal }) };
  const found = await processes.run(call);
  signal?.throwIfAborted();
  if (found.ok) return splitAtNul(Buffer.from(found.stdout));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => Buffer.from(join(entry.parentPath, entry.name)));
}

function splitAtNul(bytes: Buffer): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0, end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return parts;
}

async function redirect(link: Buffer, from: string, to: string): Promise<void> {
  const target = await readlink(link, { encoding: 'buffer' });
  const isOfCheckout = target.equals(Buffer.from(from)) || target.indexOf(`${from}/`) === 0;
  if (!isOfCheckout) return;
  const { atime, mtime } = await lstat(link);
  await unlink(link);
  await symlink(Buffer.concat([Buffer.from(to), target.subarray(Buffer.byteLength(from))]), link);
  await lutimes(link, atime, mtime);
}
