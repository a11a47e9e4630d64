import { join } from 'node:path';
import { type ArchiveEntry, writeTarGz } from '@ameide/publisher-kit';
import { ok, type Result, type Step } from '@ameide/versioning-core';
import type { JsonObject } from '../manifest/json.ts';
import { tarballName } from '../manifest/name.ts';
import { configOf } from '../manifest/read.ts';
import type { NpmBuilt, NpmPlan } from '../plan.ts';
import { commandFiles, inPackage, withDirectories } from './commands.ts';
import type { Packed } from './packer.ts';

/**
 * npm gives every file this time, 1985-10-26T08:15:00Z, so that equal files make equal tarballs.
 */
const MTIME = 499_162_500;

/** Writes `<workspace>/<name>-<version>.tgz`: the same files give the same bytes. */
export async function writeTarball(
  { files, manifest }: Packed,
  plan: NpmPlan,
  step: Step,
): Promise<Result<NpmBuilt>> {
  const packageJson: ArchiveEntry = {
    path: 'package.json',
    content: Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`),
  };
  const executables = executableFiles(manifest, files);
  const entries = [packageJson, ...files].map((file) => ({
    ...file,
    path: `package/${file.path}`,
    executable: file.executable === true || executables.has(file.path),
  }));
  const name = tarballName(plan.name, plan.version);
  const tarball = join(step.workspace, name);
  const { signal } = step;
  // The names are checked before: `allow` may accept one that only Linux can hold.
  const options = { mtime: MTIME, portable: false, signal };
  const { integrity, size } = await writeTarGz(tarball, entries, options);
  const artifacts = plan.coordinates.map((coordinate) => ({
    coordinate,
    name,
    digest: integrity,
    size,
  }));
  return ok({ artifacts, tarball });
}

/** npm and pnpm make `bin` files executable; pnpm also those of `publishConfig.executableFiles`. */
function executableFiles(
  manifest: JsonObject,
  files: readonly ArchiveEntry[],
): ReadonlySet<string> {
  const listed = configOf(manifest)['executableFiles'];
  const commands = withDirectories(
    manifest,
    files.map(({ path }) => path),
  );
  return new Set([
    ...commandFiles(commands),
    ...(Array.isArray(listed) ? listed : []).map((path) => inPackage(String(path))),
  ]);
}
