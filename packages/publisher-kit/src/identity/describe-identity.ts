import { cleanText } from '../problem/text.ts';
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

/** Returns what to enter as a trusted publisher, for people: `the repository o/r, the workflow publish.yml and no environment`. */
export function describeIdentity(claims: IdentityClaims): string {
  const { environment, repository, subject, workflow } = claims;
  if (repository === undefined) return `the subject ${cleanText(subject)}`;
  const named = (kind: string, name: string | undefined): string[] =>
    name === undefined ? [] : [`the ${kind} ${cleanText(name)}`];
  const places = [...named('repository', repository), ...named('workflow', workflow)];
  const [last = 'no environment'] = named('environment', environment);
  return `${places.join(', ')} and ${last}`;
}
