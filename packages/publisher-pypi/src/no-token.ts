import { howToGetIdentity } from '@ameide/publisher-kit/identity';
import { type Coordinate, formatCoordinate, type Problem, problem } from '@ameide/versioning-core';
import { isPublicPypi } from './index-address.ts';
import { type PypiSettings, TOKEN_VARIABLES } from './settings.ts';
import { expectedAudience } from './trusted/audience.ts';

/** The problem of an upload without a token, and without an identity where the index takes one. */
export function noToken(settings: PypiSettings, coordinate: Coordinate): Problem {
  const { offersTrust } = settings;
  return problem({
    code: 'pypi-no-token',
    kind: 'authentication',
    message: `There is no token${offersTrust ? ' and no identity of a CI job' : ''} to upload ${formatCoordinate(coordinate)} with.`,
    coordinate: formatCoordinate(coordinate),
    hint: hintFor(settings),
  });
}

function hintFor(settings: PypiSettings): string {
  const { attestations, offersTrust, uploadUrl } = settings;
  if (!offersTrust)
    return attestations
      ? `${tokenHint(settings)} If the index takes attestations from trusted publishers alone, as PyPI does, set trustedPublishing: true instead.`
      : tokenHint(settings);
  // With a token, PyPI would refuse the attestations.
  return attestations && isPublicPypi(uploadUrl)
    ? `Publish as a trusted publisher of the project: PyPI takes attestations from nobody else, so a token does not help. ${identityHint(settings)}`
    : `${tokenHint(settings)} Or publish without a token, as a trusted publisher of the project. ${identityHint(settings)}`;
}

function tokenHint({ takesCommonToken }: PypiSettings): string {
  return takesCommonToken
    ? `Set ${TOKEN_VARIABLES[0]}, or give pypi({ token }). Tokens for pypi.org: https://pypi.org/manage/account/token/`
    : `The option token of this entry is empty: check where its value comes from. If the option is set, ${TOKEN_VARIABLES.join(' and ')} are not read.`;
}

function identityHint({ env, uploadUrl }: PypiSettings): string {
  const audience = expectedAudience(uploadUrl) ?? 'the index’s';
  return howToGetIdentity(env, audience);
}
