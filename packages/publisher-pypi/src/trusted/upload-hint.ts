import type { PypiSettings } from '../settings.ts';

/** The hint for a refused upload with a minted token; undefined for another status, and with the user's token. */
export function trustedHint(settings: PypiSettings, status: number): string | undefined {
  if (status !== 403 || settings.trust() === undefined) return undefined;
  return 'The token that the index gave to this job is for the projects whose trusted publisher this workflow is: add this project there.';
}
