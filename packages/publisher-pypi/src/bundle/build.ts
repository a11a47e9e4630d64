import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzip, packTar, packZip } from '@ameide/publisher-kit';
import {
  type Bundle,
  ok,
  pathBelow,
  pathIn,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { type OutputFile, verifyOutput } from '../build/verify-output.ts';
import { builtFrom, type PypiBuilt } from '../build.ts';
import type { PypiPlan } from '../plan.ts';
import { type BundleProject, coreMetadata, pyproject } from './metadata.ts';
import { type ModuleFile, pythonPackage } from './python-package.ts';
import { wheelEntries } from './wheel.ts';

/** Makes the wheel and the sdist, and checks them as it would check what a build made. */
export async function buildBundle(
  about: BundleProject,
  bundle: Bundle,
  plan: PypiPlan,
  step: Step,
): Promise<Result<PypiBuilt>> {
  step.signal.throwIfAborted();
  const { problems, value } = await bundle.files({ version: plan.version, sha: plan.sha }, step);
  if (problems !== undefined) return { problems };
  const module = pythonPackage(value);
  const made = [await wheel(about, module, plan), await sdist(about, module, plan)];
  const verified = await verifyOutput(plan, made, { allow: allowed(about, bundle), directory: '' });
  if (verified.value === undefined) return verified;
  const output = join(step.workspace, 'dist');
  await rm(output, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  for (const { bytes, name } of made) await writeFile(join(output, name), bytes);
  step.signal.throwIfAborted();
  return ok(builtFrom(plan, verified.value, output));
}

/** The paths in the sdist of what may be published although it looks like a credential. */
function allowed({ module }: BundleProject, { allow = [], directory = '' }: Bundle): string[] {
  return allow
    .filter((path) => directory === '' || path.startsWith(`${directory}/`))
    .map((path) => `src/${module}/files/${pathBelow(directory, path)}`);
}

async function wheel(
  about: BundleProject,
  module: readonly ModuleFile[],
  plan: PypiPlan,
): Promise<OutputFile> {
  const entries = wheelEntries(about.module, module, {
    distInfo: `${plan.wheelPrefix.slice(0, -1)}.dist-info`,
    metadata: coreMetadata(about, plan),
  });
  const bytes = await packZip(entries, { mtime: plan.sourceDateEpoch });
  return { name: `${plan.wheelPrefix}py3-none-any.whl`, bytes };
}

async function sdist(
  about: BundleProject,
  module: readonly ModuleFile[],
  plan: PypiPlan,
): Promise<OutputFile> {
  const top = plan.sdist.replace(/\.tar\.gz$/, '');
  const encoder = new TextEncoder();
  const entries = [
    { path: 'PKG-INFO', content: encoder.encode(coreMetadata(about, plan)) },
    { path: 'pyproject.toml', content: encoder.encode(pyproject(about, plan)) },
    ...module.map((file) => ({ ...file, path: `src/${about.module}/${file.path}` })),
  ].map((entry) => ({ ...entry, path: pathIn(top, entry.path) }));
  const bytes = await gzip(await packTar(entries, { mtime: plan.sourceDateEpoch }));
  return { name: plan.sdist, bytes };
}
