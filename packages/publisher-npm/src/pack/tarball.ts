import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type ArchiveEntry, writeTarGz } from '@ameide/publisher-kit';
import { ok, type Result, type Step } from '@ameide/versioning-core';
import { tarballName } from '../manifest/name.ts';
import type { NpmBuilt, NpmPlan } from '../plan.ts';
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
  const entries = [packageJson, ...files].map((file) => ({
    ...file,
    path: `package/${file.path}`,
  }));
  const name = tarballName(plan.name, plan.version);
  const tarball = join(step.workspace, name);
  const { signal } = step;
  // The names are checked before: `allow` may accept one that only Linux can hold.
  const options = { mtime: MTIME, portable: false, signal };
  const sha512 = createHash('sha512');
  const { size } = await writeTarGz(tarball, entries, { ...options, hashes: [sha512] });
  const digest = `sha512-${sha512.digest('base64')}`;
  const artifacts = plan.coordinates.map((coordinate) => ({
    coordinate,
    name,
    digest,
    size,
  }));
  return ok({ artifacts, tarball });
}
