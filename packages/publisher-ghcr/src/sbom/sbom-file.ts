import { constants } from 'node:fs';
import { copyFile, open, readFile, realpath, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { cleanText } from '@ameide/publisher-kit';
import { ok, type Result, type Step } from '@ameide/versioning-core';
import { digestOf } from '../image/store.ts';
import { parseSbom, type SbomPredicate } from './parse-sbom.ts';
import { changedSbom, invalidSbom, missingSbom } from './problems.ts';

/** An SBOM in the workspace, or in a folder that was loaded. */
export interface StoredSbom {
  /** Absolute. */
  readonly path: string;
  /** `sha256:<hex>` of the file. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** The largest SBOM, in bytes: the limit of GitHub's `actions/attest`. */
export const MAX_SBOM: number = 16 * 1024 * 1024;

/** The file's name in the workspace, and in the folder of `build --out`, beside the image's layout. */
const NAME = 'sbom.json';

/** Copies the SBOM out of the checkout, before anything else can write to it, and checks that it is one. */
export async function takeSbom(
  { publisher, sbom = '' }: { readonly publisher: string; readonly sbom?: string },
  { checkout, workspace }: Pick<Step, 'checkout' | 'workspace'>,
): Promise<Result<StoredSbom>> {
  const about = { publisher, path: sbom };
  const read = await readInside(checkout, sbom);
  if (typeof read === 'string') return missingSbom(about, read);
  const parsed = parseSbom(read);
  if (typeof parsed === 'string') return invalidSbom(about, parsed);
  const path = join(workspace, NAME);
  await writeFile(path, read);
  return ok({ path, digest: digestOf(read), size: read.length });
}

/** Returns the bytes of a regular file that is in a folder, links followed; or why there are none. */
async function readInside(folder: string, path: string): Promise<Uint8Array | string> {
  const root = await realpath(folder);
  const real = await realpath(join(root, path)).catch(() => undefined);
  if (real === undefined) return 'it is not there';
  if (!real.startsWith(`${root}${sep}`)) return 'it is a link that leads out of the checkout';
  try {
    return await readRegular(real);
  } catch (error) {
    // For example a socket (ENXIO), or a file that we may not read (EACCES).
    return `it cannot be read: ${cleanText(error instanceof Error ? error.message : String(error))}`;
  }
}

async function readRegular(path: string): Promise<Uint8Array | string> {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
  // O_NONBLOCK: does not wait for the other end of a pipe.
  await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stats = await file.stat();
  if (!stats.isFile()) return 'it is not a regular file';
  if (stats.size > MAX_SBOM) return `it has ${stats.size} bytes, more than ${MAX_SBOM}`;
  return await file.readFile();
}

/** Writes it beside the image's layout. */
export async function saveSbom({ path }: StoredSbom, folder: string): Promise<void> {
  await copyFile(path, join(folder, NAME));
}

/** Reads what `saveSbom` wrote, and checks it again. Returns a clause if it is not a valid SBOM: why not. */
export async function loadSbom(folder: string): Promise<StoredSbom | string> {
  const read = await readInside(folder, NAME);
  if (typeof read === 'string') return unreadable(read);
  const parsed = parseSbom(read);
  if (typeof parsed === 'string') return unreadable(parsed);
  return { path: join(folder, NAME), digest: digestOf(read), size: read.length };
}

function unreadable(reason: string): string {
  return `its SBOM cannot be read: ${reason}`;
}

/** Reads the stored SBOM. A problem if it has changed since it was stored. */
export async function readSbom(
  publisher: string,
  { digest, path }: StoredSbom,
): Promise<Result<SbomPredicate>> {
  const bytes = await readFile(path);
  const parsed = digestOf(bytes) === digest ? parseSbom(bytes) : 'changed';
  return typeof parsed === 'string' ? changedSbom({ publisher, path }) : ok(parsed);
}
