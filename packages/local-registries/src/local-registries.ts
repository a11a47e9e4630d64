import { join } from 'node:path';
import { type RunningGitHost, startGitHost } from './git-host/index.ts';
import { type RunningNpmRegistry, startNpmRegistry } from './npm-registry/index.ts';
import { type RunningOciRegistry, startOciRegistry } from './oci-registry/index.ts';
import {
  type PythonIndexOptions,
  type RunningTrustingIndex,
  startPythonIndex,
} from './python-index/index.ts';
import type { Running } from './running.ts';
import type { RunningIdentityIssuer } from './stand-ins/identity/index.ts';
import type { RunningSigstore } from './stand-ins/sigstore/index.ts';
import type { TrustedPublisher } from './trusted-publishing/trusted-publisher.ts';

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
  /** Provenances and attestations are taken, as npmjs and PyPI take them. Default: they are refused. */
  readonly trust?: LocalTrust;
}

/** What the package registries believe: stand-ins for the identity of CI jobs and for Sigstore. */
export interface LocalTrust {
  readonly issuer: Pick<RunningIdentityIssuer, 'issuer' | 'jwksUrl'>;
  readonly sigstore: Pick<RunningSigstore, 'rekorUrl' | 'trustedRoot'>;
  /** Whose identity may publish the projects of the Python index, which need not exist. */
  readonly publisher: TrustedPublisher;
  readonly projects: readonly string[];
}

export interface LocalRegistries extends AsyncDisposable {
  readonly npm: RunningNpmRegistry;
  readonly python: RunningTrustingIndex;
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
    startNpmRegistry({
      ...at('npm'),
      ...(options.trust === undefined ? {} : { provenance: options.trust.sigstore }),
    }),
    startPythonIndex({
      ...at('python'),
      localVersions: options.pythonLocalVersions ?? false,
      ...(options.trust === undefined ? {} : pythonTrust(options.trust)),
    }),
    startOciRegistry(at('oci')),
    startGitHost({ ...at('git'), repositories: options.goRepositories ?? [] }),
  ]);
  const stop = async (): Promise<void> => stopAll([npm, python, oci, git]);
  return { npm, python, oci, git, stop, [Symbol.asyncDispose]: stop };
}

function pythonTrust({
  issuer,
  projects,
  publisher,
  sigstore,
}: LocalTrust): Pick<PythonIndexOptions, 'trust' | 'attestations'> {
  const publishers = projects.map((project) => ({
    ...publisher,
    project,
    isPending: true as const,
  }));
  return {
    trust: { issuer, publishers, audience: 'python.index.example' },
    attestations: { trustedRoot: sigstore.trustedRoot },
  };
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
