import type { SigningIdentity } from '@ameide/versioning-core';
import type { CertificateFacts } from './certificate.ts';

/**
 * The refs of a pull request on GitHub, also in a merge queue, and of a merge request on GitLab, also in a merge train. Its
 * own workflow runs before it is merged, and it may never be.
 */
const PROPOSED = /^refs\/(?:pull|merge-requests|heads\/gh-readonly-queue)\//;

/**
 * Compares a certificate with the identity that may sign. Returns the first difference as a clause, `the signer's …`;
 * undefined if there is none. A reusable workflow in another repository signs with that repository's name in
 * `workflow`; `repository` stays the one that it ran for.
 */
export function identityFault(
  facts: CertificateFacts | undefined,
  { issuer, refs, repository, workflow }: SigningIdentity,
): string | undefined {
  if (facts === undefined) return 'its certificate names nobody';
  if (facts.issuer !== issuer)
    return `the signer's identity was issued by ${facts.issuer}, not by ${issuer}`;
  if (facts.repository !== repository)
    return `the signer's repository is ${facts.repository ?? 'not named'}, not ${repository}`;
  const [path, ref] = addressOf(facts);
  const proposed = [facts.ref ?? '', ref].find((one) => PROPOSED.test(one));
  if (proposed !== undefined)
    return `the signer's run was for ${proposed}: a proposed change, which the repository has not accepted`;
  if (refs !== undefined && !refs.some((one) => matches(facts.ref, one)))
    return `the signer's run was for ${facts.ref ?? 'no ref'}, not for ${refs.join(' or ')}`;
  const paths = workflow.startsWith('https://')
    ? [workflow]
    : // GitLab puts two slashes between the project and the file.
      [`${repository}/${workflow}`, `${repository}//${workflow}`];
  return paths.includes(path) ? undefined : `the signer's workflow is ${path}, not ${paths[0]}`;
}

function matches(ref: string | undefined, pattern: string): boolean {
  return pattern.endsWith('*') ? ref?.startsWith(pattern.slice(0, -1)) === true : ref === pattern;
}

/**
 * Splits a certificate's name into the workflow's file and ref. Both may contain `@refs/`. If the name ends with the
 * run's ref, that is where to split.
 */
function addressOf({ ref, workflow }: CertificateFacts): readonly [path: string, ref: string] {
  const end = `@${ref}`;
  if (ref !== undefined && workflow.endsWith(end)) return [workflow.slice(0, -end.length), ref];
  const [path = '', other = ''] = workflow.split(/@(?=refs\/|[0-9a-f]{40}$)/);
  return [path, other];
}
