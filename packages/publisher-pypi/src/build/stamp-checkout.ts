import { lstat, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { hideStamped, type Processes, rewriteFile } from '@ameide/publisher-kit';
import type { PypiPlan } from '../plan.ts';
import { stampSetupCfg } from '../project/setup-cfg.ts';
import { stamp } from '../project/stamp.ts';
import { invalidPyproject } from '../project/toml.ts';
import { versionFile } from '../project/version-file.ts';

/**
 * Writes the release's version and commit into a project of the checkout: into pyproject.toml or
 * setup.cfg, and into the file that the build reads the version from. Resets file times to the
 * commit's.
 */
export async function stampCheckout(
  project: string,
  plan: PypiPlan,
  processes: Processes,
  signal?: AbortSignal,
): Promise<void> {
  const { sourceCommit, urlTable, version, versionSource } = plan;
  const versionField = versionSource.kind === 'field' ? versionSource.path : undefined;
  const stamped = ['pyproject.toml'];
  await rewrite(project, 'pyproject.toml', plan, (text) =>
    stamp(text, { version, sourceCommit, versionField, urlTable }, 'pyproject.toml'),
  );
  if (urlTable === undefined) {
    const written = versionSource.kind === 'setup.cfg' ? { version } : {};
    stamped.push('setup.cfg');
    await rewrite(project, 'setup.cfg', plan, (text) =>
      stampSetupCfg(text, { sourceCommit, ...written }, 'setup.cfg'),
    );
  }
  const file = versionFile(versionSource);
  if (file !== undefined) {
    const name = await firstThere(project, file.candidates);
    stamped.push(name);
    await rewrite(project, name, plan, (text) => file.stamp(text, version) ?? text);
  }
  if (plan.archivesHead) await commitStamp(project, plan, processes, signal);
  else await hideStamped(project, stamped, processes, signal);
}

async function rewrite(
  project: string,
  name: string,
  plan: PypiPlan,
  change: (text: string) => string,
): Promise<void> {
  const path = join(project, name);
  await rewriteFile(path, change(decode(await readFile(path), name)));
  await utimes(path, plan.sourceDateEpoch, plan.sourceDateEpoch);
}

/** Drops a byte order mark, because Python's own reader refuses it. */
function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidPyproject(name, 'UTF-8 text', 'Save the file as UTF-8.');
  }
}

async function firstThere(project: string, candidates: readonly string[]): Promise<string> {
  for (const candidate of candidates) {
    const there = await lstat(join(project, candidate)).catch(() => undefined);
    if (there?.isFile() === true) return candidate;
  }
  throw new Error(`none of ${candidates.join(', ')} is there, though the commit has one`);
}

/** meson-python archives HEAD, so the stamp must be committed. The checkout is our own. */
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
