import type { Pace, Secret } from '@ameide/publisher-kit';
import {
  describeIdentity,
  exchangeIdentity,
  type Identity,
  type IdentityClaims,
} from '@ameide/publisher-kit/identity';
import { type Coordinate, formatCoordinate, type Result } from '@ameide/versioning-core';
import { isPublicPypi } from '../index-address.ts';
import type { PypiSettings } from '../settings.ts';
import { readAudience } from './audience.ts';

/**
 * Gets a token of 15 minutes for the projects whose trusted publisher this job is: `POST /_/oidc/mint-token` with
 * `{"token": "<identity token>"}` (warehouse's `oidc/views.py`). PyPI takes an identity token once. For a pending publisher
 * this makes the project.
 */
export async function mintToken(
  settings: PypiSettings,
  identity: Identity,
  coordinate: Coordinate,
  pace: Pace,
): Promise<Result<Secret>> {
  const audience = await readAudience(settings, coordinate, pace.signal);
  if (audience.value === undefined) return audience;
  const { origin } = new URL(settings.uploadUrl);
  const reference = formatCoordinate(coordinate);
  return exchangeIdentity(
    {
      identity,
      audience: audience.value,
      code: 'pypi',
      what: `exchange the identity of this job for a token of ${origin}`,
      coordinate: reference,
      request: (token) => ({
        method: 'POST',
        url: `${origin}/_/oidc/mint-token`,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ token: token.reveal() }),
      }),
      refusedHint: (claims) => refusedHint(settings, coordinate, claims),
    },
    { http: settings.http, pace, remember: (secret) => void settings.exchanged.push(secret) },
  );
}

function refusedHint(
  { uploadUrl }: PypiSettings,
  { name }: Coordinate,
  claims: IdentityClaims | undefined,
): string {
  const host = new URL(uploadUrl).host.replace(/^upload\./, '');
  const where = isPublicPypi(uploadUrl)
    ? `https://${host}/manage/project/${name}/settings/publishing/ (for a new project, a pending publisher at https://${host}/manage/account/publishing/)`
    : host;
  const who = claims === undefined ? 'this workflow' : describeIdentity(claims);
  return `Add ${who} as a trusted publisher of ${name} at ${where}, with exactly these names. PyPI does not trust a workflow that another repository’s workflow calls, and takes each identity token only once. Or set PYPI_TOKEN.`;
}
