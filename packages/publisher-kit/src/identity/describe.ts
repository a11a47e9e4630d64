import type { IdentityClaims } from './claims.ts';
import type { IdentityProvider } from './identity.ts';

const NAMES: Readonly<Record<IdentityProvider, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI',
  circleci: 'CircleCI',
};

/** Returns the name of a CI for people: `GitHub Actions`. */
export function providerName(provider: IdentityProvider): string {
  return NAMES[provider];
}

/** Returns what a registry has to trust, for people: `the repository o/r, the workflow publish.yml and no environment`. */
export function describeIdentity(claims: IdentityClaims): string {
  const { environment, repository, subject, workflow } = claims;
  if (repository === undefined) return `the subject ${subject}`;
  const place = workflow === undefined ? [] : [`the workflow ${workflow}`];
  const last = environment === undefined ? 'no environment' : `the environment ${environment}`;
  return `${[`the repository ${repository}`, ...place].join(', ')} and ${last}`;
}
