import {
  type LocalTrust,
  type RunningIdentityIssuer,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';

/** Stand-ins for GitHub's identities of jobs and for Sigstore. */
export interface Trust extends LocalTrust, AsyncDisposable {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  /** Starts a job of the example's workflow, with an identity, and returns all its variables. */
  job(of: { readonly sha: string; readonly ref: string }): Readonly<Record<string, string>>;
  /** An identity without a run: the clone decides what is published. */
  identity(): Readonly<Record<string, string>>;
  /** Stops both. Safe to call twice. */
  stop(): Promise<void>;
}

/** The variables that say what a run is for. */
const OF_RUN: ReadonlySet<string> = new Set([
  'CI',
  'GITHUB_EVENT_NAME',
  'GITHUB_REF',
  'GITHUB_SHA',
]);

/** Starts what the example signs with: nobody outside of this machine is asked, and nobody there believes it. */
export async function startTrust(): Promise<Trust> {
  const issuer = await startIdentityIssuer();
  const sigstore = await startSigstore({ issuer });
  const stop = async (): Promise<void> => {
    await Promise.all([issuer.stop(), sigstore.stop()]);
  };
  return {
    issuer,
    sigstore,
    publisher: { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' },
    projects: ['ameide-sdk-python'],
    job: ({ ref, sha }) => issuer.startJob({ ref, sha }),
    identity: () =>
      Object.fromEntries(Object.entries(issuer.startJob({})).filter(([name]) => !OF_RUN.has(name))),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
