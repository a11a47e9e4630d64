import { join } from 'node:path';
import { type ArchiveEntry, secretFiles, writeTarGz } from '@ameide/publisher-kit';
import {
  failed,
  ok,
  type Problem,
  printable,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from '../inspect.ts';
import { isObject } from '../manifest/json.ts';
import { tarballName } from '../manifest/name.ts';
import type { NpmBuilt, NpmPlan } from '../plan.ts';
import { commandFiles, inPackage, listedEntries, missingFiles } from './named-files.ts';
import type { Packer } from './packer.ts';

/**
 * The time npm itself gives every file, so that equal files make equal tarballs:
 * 1985-10-26T08:15:00Z.
 */
const MTIME = 499_162_500;

/**
 * Packs the files under the plan's manifest into `<workspace>/<name>-<version>.tgz`: the same files
 * give the same bytes.
 */
export async function buildTarball(
  packer: Packer,
  plan: NpmPlan,
  step: Step,
): Promise<Result<NpmBuilt>> {
  step.signal.throwIfAborted();
  const packed = await packer.files(plan, step);
  if (packed.value === undefined) return packed;
  const files = packed.value;
  const problem = refuseSecrets(plan, files) ?? refuseMissing(plan, packer, files);
  if (problem !== undefined) return failed(problem);
  step.signal.throwIfAborted();

  const manifest: ArchiveEntry = {
    path: 'package.json',
    content: Buffer.from(`${JSON.stringify(plan.manifest, undefined, 2)}\n`),
  };
  const executables = binaries(plan);
  const entries = [manifest, ...files].map((file) => ({
    ...file,
    path: `package/${file.path}`,
    executable: file.executable === true || executables.has(file.path),
  }));
  const name = tarballName(plan.name, plan.version);
  const tarball = join(step.workspace, name);
  const { signal } = step;
  const { integrity, size } = await writeTarGz(tarball, entries, { mtime: MTIME, signal });
  const artifacts = plan.coordinates.map((coordinate) => ({
    coordinate,
    name,
    digest: integrity,
    size,
  }));
  return ok({ artifacts, tarball });
}

/** npm and pnpm make `bin` files executable, and pnpm those of `publishConfig.executableFiles`. */
function binaries(plan: NpmPlan): ReadonlySet<string> {
  const config = plan.manifest['publishConfig'];
  const listed = isObject(config) ? config['executableFiles'] : undefined;
  return new Set([
    ...commandFiles(plan.manifest),
    ...(Array.isArray(listed) ? listed : []).map((path) => inPackage(String(path))),
  ]);
}

function refuseSecrets(plan: NpmPlan, files: readonly ArchiveEntry[]): Problem | undefined {
  const found = secretFiles(files);
  if (found.length === 0) return undefined;
  const hint =
    'Leave it out with "files" in package.json (or .npmignore); what it holds must be replaced if it was ever published.';
  return inputProblem(
    plan,
    'npm-secret-file',
    `would publish ${named(found)}, which may hold secrets.`,
    hint,
  );
}

function refuseMissing(
  plan: NpmPlan,
  { skippedScripts = [] }: Packer,
  files: readonly ArchiveEntry[],
): Problem | undefined {
  const paths = files.map((file) => file.path);
  const { matched, unmatched } = listedEntries(plan.manifest, paths);
  // A listed file that is not there harms nobody, unless nothing listed is there, or a script would
  // have made it.
  const isUnbuilt = matched.length === 0 || skippedScripts.length > 0;
  const missing = [
    ...new Set([...missingFiles(plan.manifest, paths), ...(isUnbuilt ? unmatched : [])]),
  ];
  if (missing.length === 0) return undefined;
  const why =
    skippedScripts.length === 0
      ? ''
      : ` (no lifecycle script is run, also not ${skippedScripts.join(' and ')})`;
  const hint = `Give the option build${why}, or correct "files" and the paths (exports, bin, main, module, types) in package.json.`;
  return inputProblem(
    plan,
    'npm-missing-file',
    `names files that would not be in the package: ${named(missing)}.`,
    hint,
  );
}

/** Anything may stand in the name of a file. */
function named(paths: readonly string[]): string {
  return paths.map((path) => (/^[\x21-\x7e]+$/.test(path) ? path : printable(path))).join(', ');
}

function inputProblem(plan: NpmPlan, code: string, what: string, hint: string): Problem {
  const coordinate = formatNpm(plan);
  return {
    code,
    message: `${coordinate} ${what}`,
    hint,
    coordinate,
    kind: 'input',
    effect: 'none',
    rerun: 'after-fix',
  };
}
