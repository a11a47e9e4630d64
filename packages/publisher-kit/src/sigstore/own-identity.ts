import type { Problem, SigningIdentity } from '@ameide/versioning-core';
import { type IdentityClaims, readClaims } from '../identity/claims.ts';
import type { Identity } from '../identity/identity.ts';
import { identityFault } from './identity-match.ts';
import { SIGSTORE_AUDIENCE } from './keyless.ts';
import { sigstoreProblem } from './problems.ts';

/**
 * Checks, before anything is published, that this job gets an identity token, and that the definition accepts its
 * signatures. Signs nothing. `refuse` returns the problem of a job that the receiver would refuse for another reason.
 */
export async function checkOwnIdentity(
  identity: Identity,
  expected: SigningIdentity,
  signal: AbortSignal,
  refuse: (claims: IdentityClaims) => Problem | undefined = () => undefined,
): Promise<Problem | undefined> {
  const token = await identity.token(SIGSTORE_AUDIENCE, signal);
  if (token.value === undefined) return token.problems[0];
  const claims = readClaims(token.value);
  if (claims === undefined) return undefined;
  return identityProblem(claims, expected) ?? refuse(claims);
}

function identityProblem(claims: IdentityClaims, expected: SigningIdentity): Problem | undefined {
  if (claims.jobWorkflow === undefined) return undefined;
  const { origin } = new URL(expected.repository);
  const path = claims.jobWorkflow;
  // GitLab's claim begins with its host.
  const workflow = path.startsWith(`${new URL(origin).host}/`)
    ? `${new URL(origin).protocol}//${path}`
    : `${origin}/${path}`;
  const repository = `${origin}/${claims.repository ?? ''}`;
  const { issuer, ref } = claims;
  const facts = { issuer, workflow, repository, ...(ref === undefined ? {} : { ref }) };
  const fault = identityFault(facts, expected);
  if (fault === undefined) return undefined;
  return sigstoreProblem(
    'other-identity',
    `This job's signatures would not be accepted: ${fault.replace(/^the signer's/, 'its')}.`,
    {
      kind: 'policy',
      hint: 'Run the workflow that `identity` in the release definition names, for one of its `refs` if it has any; or correct `identity`.',
    },
  );
}
