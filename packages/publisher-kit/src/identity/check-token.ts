import { failed, ok, type Problem, problem, type Result } from '@ameide/versioning-core';
import { cleanText } from '../problem/text.ts';
import { Secret, toSecret } from '../secret/secret.ts';
import { readClaims } from './claims.ts';

/** What a token must be. */
export interface ExpectedToken {
  readonly audience: string;
  /** Where the token comes from, for messages: `PYPI_ID_TOKEN`. */
  readonly from: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Checks that a value is an identity token, for this audience, and not expired, so that no registry gets anything else.
 * Messages show nothing of it but its audience and the time of its expiry.
 */
export function checkToken(value: unknown, expected: ExpectedToken): Result<Secret> {
  const { audience, from, now } = expected;
  const token = typeof value === 'string' ? toSecret(value) : undefined;
  const claims = token === undefined ? undefined : readClaims(token);
  if (token === undefined || claims === undefined)
    return failed(malformed(`no JSON Web Token came from ${from}`));
  if (!claims.audiences.includes(audience))
    return failed(
      problem({
        code: 'identity-audience',
        kind: 'authentication',
        message: `The identity token from ${from} is for the audience ${cleanText(claims.audiences.join(', '))}, not for ${audience}.`,
        hint: `Ask for a token with the audience ${audience}.`,
      }),
    );
  if (claims.expires * 1000 <= now)
    return failed(
      problem({
        code: 'identity-expired',
        kind: 'authentication',
        message: `The identity token from ${from} expired at ${timeOf(claims.expires)}.`,
        hint: 'Run the job again: it gets a new token. If the token expired because the job takes long, give it a longer life, or let a job of its own publish.',
      }),
    );
  return ok(token);
}

export function malformed(reason: string): Problem {
  return problem({
    code: 'identity-malformed',
    kind: 'authentication',
    message: `Could not get an identity token: ${reason}.`,
    hint: 'Check that nothing but the CI sets the variables that it gives a job for its identity.',
  });
}

function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'an unknown time' : date.toISOString();
}
