import type { SigningIdentity } from '@ameide/versioning-core';
import type { CertificateFacts } from './certificate.ts';

/** A pull request's refs on GitHub, a merge request's on GitLab: its own workflow runs, before anybody accepts it. */
const PROPOSED = /^refs\/(?:pull|merge-requests)\//;

/**
 * Compares a certificate with who may sign. Returns the difference. A reusable workflow in another
 * repository signs with that repository's name in `workflow`; `repository` stays the one that it ran for.
 */
export function identityFault(
  facts: CertificateFacts | undefined,
  { issuer, refs, repository, workflow }: SigningIdentity,
): string | undefined {
  if (facts === undefined) return 'its certificate names nobody';
  if (facts.issuer !== issuer) return `its identity is of ${facts.issuer}, not of ${issuer}`;
  if (facts.repository !== repository)
    return `it was signed for ${facts.repository ?? 'no repository'}, not for ${repository}`;
  const [path, ref] = addressOf(facts);
  const proposed = [facts.ref ?? '', ref].find((one) => PROPOSED.test(one));
  if (proposed !== undefined)
    return `it was signed for ${proposed}, which is proposed and not part of the repository`;
  if (refs !== undefined && !refs.some((one) => matches(facts.ref, one)))
    return `it was signed for ${facts.ref ?? 'no ref'}, not for ${refs.join(' or ')}`;
  const paths = workflow.startsWith('https://')
    ? [workflow]
    : // GitLab puts two slashes between the project and the file.
      [`${repository}/${workflow}`, `${repository}//${workflow}`];
  return paths.includes(path) ? undefined : `it was signed by ${path}, not by ${paths[0]}`;
}

function matches(ref: string | undefined, pattern: string): boolean {
  return pattern.endsWith('*') ? ref?.startsWith(pattern.slice(0, -1)) === true : ref === pattern;
}

/** The file and the ref in a certificate's name. Both may have `@refs/` in them: where it is the run's, its ref tells. */
function addressOf({ ref, workflow }: CertificateFacts): readonly [path: string, ref: string] {
  const end = `@${ref}`;
  if (ref !== undefined && workflow.endsWith(end)) return [workflow.slice(0, -end.length), ref];
  const [path = '', other = ''] = workflow.split(/@(?=refs\/|[0-9a-f]{40}$)/);
  return [path, other];
}
