import type { Pace, Secret } from '@ameide/publisher-kit';
import {
  describeIdentity,
  exchangeIdentity,
  type IdentityClaims,
} from '@ameide/publisher-kit/identity';
import type { Result } from '@ameide/versioning-core';
import { escapedName } from '../manifest/name.ts';
import { NPMJS, type Target, type Trust } from '../options.ts';
import type { NpmPlan } from '../plan.ts';

/**
 * Gets a short-lived token for one package: `POST /-/npm/v1/oidc/token/exchange/package/<name>` with the identity token
 * as bearer and no body, as npm's client does (npm 12, `lib/utils/oidc.js`). The registry gives it to the workflow that
 * the package trusts. The token may only publish.
 */
export async function exchangeToken(
  target: Target,
  { identity }: Trust,
  plan: NpmPlan,
  pace: Pace,
): Promise<Result<Secret>> {
  const { origin } = target.registry;
  return exchangeIdentity(
    {
      identity,
      audience: target.audience,
      code: 'npm',
      what: `exchange the identity of this job for a token of npm:${plan.name} at ${origin}`,
      request: (token) => ({
        method: 'POST',
        url: `${origin}/-/npm/v1/oidc/token/exchange/package/${escapedName(plan.name)}`,
        headers: { accept: 'application/json', 'Npm-Command': 'publish' },
        credential: { scheme: 'bearer', origin, token },
      }),
      refusedHint: (claims) => refusedHint(target, plan, claims),
    },
    { http: target.http, pace, remember: (secret) => void target.exchanged.push(secret) },
  );
}

function refusedHint(
  { registry }: Target,
  { name }: NpmPlan,
  claims: IdentityClaims | undefined,
): string {
  const where =
    registry.url === NPMJS ? `https://www.npmjs.com/package/${name}/access` : registry.url;
  const who = claims === undefined ? 'this workflow' : describeIdentity(claims);
  return `Add ${who} as a trusted publisher of npm:${name} at ${where}, with exactly these names, and allow it npm publish. npm gives no token to self-hosted runners. Or set NPM_TOKEN.`;
}
