import type { GithubClaims } from '../stand-ins/identity/github-claims.ts';

/** A workflow that may publish, as people enter it at npmjs and PyPI. */
export interface TrustedPublisher {
  /** `owner/name` */
  readonly repository: string;
  /** The name of the file, without its folder: `publish-packages.yml`. */
  readonly workflow: string;
  /** Absent: any environment, and none. */
  readonly environment?: string;
}

/**
 * True if the claims are of the publisher: the repository in any case, the file and the environment as the registries
 * compare them (warehouse's `oidc/models/github.py`). PyPI looks at the file that has the job, which must be of the same
 * repository and ref; npm at the file that was started.
 */
export function matches(
  publisher: TrustedPublisher,
  claims: Partial<GithubClaims>,
  claim: 'workflow_ref' | 'job_workflow_ref',
): boolean {
  const { environment, repository, workflow } = publisher;
  const { ref, sha } = claims;
  if (claims.repository?.toLowerCase() !== repository.toLowerCase()) return false;
  const file = `${claims.repository}/.github/workflows/${workflow}`;
  const started = [ref, sha].map((one) => `${file}@${one}`);
  if (!started.includes(claims[claim] ?? '')) return false;
  return (
    environment === undefined || environment.toLowerCase() === claims.environment?.toLowerCase()
  );
}
