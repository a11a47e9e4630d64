import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ArchiveEntry, gzip, packTar, secretFiles, sha512Integrity } from '@ameide/publisher-kit';
import type { BuildResult, Problem, Step } from '@ameide/versioning-core';
import { formatNpm } from '../inspect.ts';
import { isObject, type Json } from '../manifest/json.ts';
import { tarballName } from '../manifest/name.ts';
import type { NpmBuilt, NpmPlan } from '../plan.ts';
import type { Packer } from './packer.ts';

/** The time npm itself gives every file, so that equal files make equal tarballs: 1985-10-26T08:15:00Z. */
const MTIME = 499_162_500;

/** Packs the files under the plan's manifest into `<workspace>/<name>-<version>.tgz`: the same files give the same bytes. */
export async function buildTarball(packer: Packer, plan: NpmPlan, step: Step): Promise<BuildResult<NpmBuilt>> {
  step.signal.throwIfAborted();
  const packed = await packer.files(plan, step);
  if ('problem' in packed) return packed;
  const problem = refuseSecrets(plan, packed.files) ?? refuseMissing(plan, packed.files);
  if (problem !== undefined) return { problem };
  step.signal.throwIfAborted();

  const manifest: ArchiveEntry = { path: 'package.json', content: Buffer.from(`${JSON.stringify(plan.manifest, undefined, 2)}\n`) };
  const executables = binaries(plan);
  const entries = [manifest, ...packed.files].map((file) => ({
    ...file,
    path: `package/${file.path}`,
    executable: file.executable === true || executables.has(file.path),
  }));
  const bytes = await gzip(await packTar(entries, { mtime: MTIME }));
  const name = tarballName(plan.name, plan.version);
  const tarball = join(step.workspace, name);
  await writeFile(tarball, bytes);
  const artifacts = plan.coordinates.map((coordinate) => ({ coordinate, name, digest: sha512Integrity(bytes), size: bytes.byteLength }));
  return { built: { artifacts, tarball } };
}

/** npm and pnpm make `bin` files executable, and pnpm those of `publishConfig.executableFiles`. */
function binaries(plan: NpmPlan): ReadonlySet<string> {
  const config = plan.manifest['publishConfig'];
  const listed = isObject(config) ? config['executableFiles'] : undefined;
  return new Set([...binPaths(plan), ...(Array.isArray(listed) ? listed : [])].map((path) => relativePath(String(path))));
}

function binPaths(plan: NpmPlan): readonly string[] {
  const { bin } = plan.manifest;
  return leaves(bin);
}

function leaves(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item));
  return isObject(value) ? Object.values(value).flatMap((item) => leaves(item)) : [];
}

function relativePath(path: string): string {
  return path.replace(/^(?:\.?\/)+/, '');
}

function refuseSecrets(plan: NpmPlan, files: readonly ArchiveEntry[]): Problem | undefined {
  const found = secretFiles(files);
  if (found.length === 0) return undefined;
  const hint = 'Leave it out with "files" in package.json (or .npmignore); what it holds must be replaced if it was ever published.';
  return inputProblem(plan, 'npm-secret-file', `would publish ${found.join(', ')}, which may hold secrets.`, hint);
}

/** A package without what its `exports` and `bin` promise is broken for everyone, and for ever: most often a build was not run. */
function refuseMissing(plan: NpmPlan, files: readonly ArchiveEntry[]): Problem | undefined {
  const present = new Set(['package.json', ...files.map((file) => file.path)]);
  const promised = [...leaves(plan.manifest['exports']).filter((path) => path.startsWith('./')), ...binPaths(plan)].map(relativePath);
  const missing = [...new Set(promised)].filter((path) => !path.includes('*') && !path.endsWith('/') && !present.has(path));
  if (missing.length === 0) return undefined;
  const hint = 'Give the option build, or correct "files", "exports" or "bin" in package.json.';
  return inputProblem(plan, 'npm-missing-file', `names files that would not be in the package: ${missing.join(', ')}.`, hint);
}

function inputProblem(plan: NpmPlan, code: string, what: string, hint: string): Problem {
  const coordinate = formatNpm(plan);
  return { code, message: `${coordinate} ${what}`, hint, coordinate, kind: 'input', effect: 'none', rerun: 'after-fix' };
}
