import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import { cleanText } from '../problem/text.ts';
import { announceSecret } from '../secret/made-secrets.ts';
import { Secret, toSecret } from '../secret/secret.ts';
import { readClaims } from './claims.ts';

/** What a token is compared with. */
export interface ExpectedToken {
  readonly audience: string;
  /** Where it comes from, for messages: `PYPI_ID_TOKEN`. */
  readonly from: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Checks that a token is one, for this audience, and not expired, so that no registry gets another one. Never shows
 * any part of it but its audience and the time of its expiry.
 */
export function checkToken(value: unknown, expected: ExpectedToken): Result<Secret> {
  const { audience, from, now } = expected;
  const token = typeof value === 'string' ? toSecret(value) : undefined;
  const claims = token === undefined ? undefined : readClaims(token);
  if (token === undefined || claims === undefined)
    return failed(malformed(`${from} has no identity token (JSON Web Token)`));
  if (!claims.audiences.includes(audience))
    return failed(
      problem({
        code: 'identity-audience',
        kind: 'authentication',
        message: `The identity token of ${from} is for ${cleanText(claims.audiences.join(', '))}, not for ${audience}.`,
        hint: `Nothing was sent. Ask for a token with the audience ${audience}.`,
      }),
    );
  if (claims.expires * 1000 <= now)
    return failed(
      problem({
        code: 'identity-expired',
        kind: 'authentication',
        message: `The identity token of ${from} expired at ${timeOf(claims.expires)}.`,
        hint: 'Nothing was sent. Run the job again: it gets a new token. If the job ran for long before, give the token a longer life or ask for it later.',
      }),
    );
  announceSecret(token);
  return ok(token);
}

export function malformed(reason: string): Problem {
  return problem({
    code: 'identity-malformed',
    kind: 'authentication',
    message: `Could not get an identity token: ${reason}.`,
    hint: 'Nothing was sent. Check that nothing but the CI sets the variables of its identity.',
  });
}

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}
