import { join } from 'node:path';
import { type RunningGitHost, startGitHost } from './git-host/index.ts';
import { type RunningNpmRegistry, startNpmRegistry } from './npm-registry/index.ts';
import { type RunningOciRegistry, startOciRegistry } from './oci-registry/index.ts';
import { type RunningPythonIndex, startPythonIndex } from './python-index/index.ts';
import type { Running } from './running.ts';

export interface LocalRegistriesOptions {
  /**
   * The folder with one sub-folder for each server: `npm`, `python`, `oci`, `git`. Default: a
   * temporary folder for each.
   */
  readonly directory?: string;
  /** Repositories to create on the git host, `owner/name` each. */
  readonly goRepositories?: readonly string[];
  /**
   * True if the Python index accepts versions with a local label. Public PyPI does not. Default
   * false.
   */
  readonly pythonLocalVersions?: boolean;
}

export interface LocalRegistries extends AsyncDisposable {
  readonly npm: RunningNpmRegistry;
  readonly python: RunningPythonIndex;
  readonly oci: RunningOciRegistry;
  readonly git: RunningGitHost;
  /** Stops all four. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts an npm registry, a Python index, an OCI registry and a git host. If one cannot start,
 * stops the others.
 */
export async function startLocalRegistries(
  options: LocalRegistriesOptions = {},
): Promise<LocalRegistries> {
  const at = (name: string): { directory?: string } =>
    options.directory === undefined ? {} : { directory: join(options.directory, name) };
  const [npm, python, oci, git] = await allOrNone([
    startNpmRegistry(at('npm')),
    startPythonIndex({ ...at('python'), localVersions: options.pythonLocalVersions ?? false }),
    startOciRegistry(at('oci')),
    startGitHost({ ...at('git'), repositories: options.goRepositories ?? [] }),
  ]);
  const stop = async (): Promise<void> => stopAll([npm, python, oci, git]);
  return { npm, python, oci, git, stop, [Symbol.asyncDispose]: stop };
}

async function allOrNone<T extends readonly Promise<Running>[]>(
  starts: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(starts);
  if (results.some((result) => result.status === 'rejected')) {
    await stopAll(
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    );
  }
  // Rejects with the first failure.
  return (await Promise.all(starts)) as { -readonly [K in keyof T]: Awaited<T[K]> };
}

/** Stops every server, even if one fails to stop; then throws the failures. */
async function stopAll(servers: readonly Running[]): Promise<void> {
  const results = await Promise.allSettled(servers.map((server) => server.stop()));
  const failures = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  if (failures.length > 0) throw new AggregateError(failures, 'some servers did not stop');
}
