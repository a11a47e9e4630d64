import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFolderProblem, cleanText, sha512Integrity } from '@ameide/publisher-kit';
import type { JsonObject } from '@ameide/source-files/json';
import { failed, ok, type Result } from '@ameide/versioning-core';
import { sizeProblem } from './build.ts';
import { tarballName } from './manifest/name.ts';
import { versionMetadata } from './pack/metadata.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';

/** Writes the tarball into the folder, under the name that `npm pack` gives it. */
export async function saveTarball({ artifacts, tarball }: NpmBuilt, folder: string): Promise<void> {
  const [artifact] = artifacts;
  if (artifact !== undefined) await copyFile(tarball, join(folder, artifact.name));
}

/** Reads the tarball again, and checks that its package.json is of this version and commit. */
export async function loadTarball(plan: NpmPlan, folder: string): Promise<Result<NpmBuilt>> {
  const name = tarballName(plan.name, plan.version);
  const tarball = join(folder, name);
  const unusable = (reason: string): Result<never> =>
    failed(builtFolderProblem(plan.publisher, reason));
  const bytes = await readFile(tarball).catch(() => undefined);
  if (bytes === undefined) return unusable(`there is no ${name}`);
  const tooLarge = sizeProblem(plan, bytes.length);
  if (tooLarge !== undefined) return failed(tooLarge);
  const manifest = await versionMetadata(bytes).catch((error: unknown) => String(error));
  if (typeof manifest === 'string') return unusable(`${name} is no package (${manifest})`);
  const other = differing(manifest, plan);
  if (other !== undefined) return unusable(`package.json in ${name} has ${other}`);
  const [digest, size] = [sha512Integrity(bytes), bytes.length];
  const artifacts = plan.coordinates.map((coordinate) => ({ coordinate, name, digest, size }));
  return ok({ artifacts, tarball });
}

function differing(manifest: JsonObject, plan: NpmPlan): string | undefined {
  const wanted = { name: plan.name, version: plan.version, gitHead: plan.sha };
  const wrong = Object.entries(wanted).find(([field, value]) => manifest[field] !== value);
  if (wrong === undefined) return undefined;
  const [field, value] = wrong;
  return `the ${field} ${cleanText(JSON.stringify(manifest[field]) ?? 'missing')}, not ${value}`;
}
