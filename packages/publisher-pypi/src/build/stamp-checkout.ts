import { lstat, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Processes } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import type { PypiPlan } from '../plan.ts';
import { stamp } from '../project/stamp.ts';
import { stampVersionFile } from '../project/version-source.ts';

/**
 * Writes the release's version and commit into a project of the checkout: into pyproject.toml, and
 * into the file that its build reads the version from. Times stay the commit's.
 */
export async function stampCheckout(
  project: string,
  plan: PypiPlan,
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  await rewrite(join(project, 'pyproject.toml'), plan, (text) =>
    stamp(text, { ...plan, versionField: fieldOf(plan) }, 'pyproject.toml'),
  );
  if (plan.versionSource.kind === 'file') {
    const { name } = plan.versionSource;
    const path = await firstThere(project, plan.versionSource.candidates);
    await rewrite(path, plan, (text) => stampVersionFile(text, plan.version, name) ?? text);
  }
  await removeStaleMetadata(project);
  if (plan.archivesHead) await commitStamp(project, plan, processes, signal);
}

function fieldOf({ versionSource }: PypiPlan): readonly string[] | undefined {
  return versionSource.kind === 'field' ? versionSource.path : undefined;
}

async function rewrite(
  path: string,
  plan: PypiPlan,
  change: (text: string) => string,
): Promise<void> {
  await writeFile(path, change(decode(await readFile(path))));
  await utimes(path, plan.sourceDateEpoch, plan.sourceDateEpoch);
}

/** A byte order mark is dropped: Python's own reader refuses it. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InvalidInputError(
      {
        field: 'pyproject.toml',
        expected: 'UTF-8 text (TOML 1.0)',
        hint: 'Save the file as UTF-8.',
      },
      'pypi-invalid-pyproject',
    );
  }
}

async function firstThere(project: string, candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    const path = join(project, candidate);
    if ((await lstat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  throw new Error(`none of ${candidates.join(', ')} is there, though the commit has one`);
}

/** setuptools believes a stale list of files that `prepare` may have left in an egg-info. */
async function removeStaleMetadata(project: string): Promise<void> {
  for (const folder of [project, join(project, 'src')]) {
    for (const name of await readdir(folder).catch(() => [])) {
      if (name.endsWith('.egg-info')) await rm(join(folder, name), { recursive: true });
    }
  }
}

/** meson-python archives HEAD, so the stamp has to be in it. The checkout is ours alone. */
async function commitStamp(
  project: string,
  plan: PypiPlan,
  processes: Processes,
  signal: AbortSignal | undefined,
): Promise<void> {
  const who = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, 'ameide-release'],
      [`GIT_${role}_EMAIL`, 'ameide-release@localhost'],
      [`GIT_${role}_DATE`, `${plan.sourceDateEpoch} +0000`],
    ]),
  ) as Readonly<Record<string, string>>;
  const message = `Version ${plan.version}`;
  const argv = ['git', 'commit', '--quiet', '--all', '--no-verify', '--no-gpg-sign', '-m', message];
  const call = { argv: argv as [string, ...string[]], cwd: project, env: who };
  const done = await processes.run(signal === undefined ? call : { ...call, signal });
  signal?.throwIfAborted();
  if (!done.ok) throw new Error(`git commit in the checkout failed: ${done.stderrText}`);
}
