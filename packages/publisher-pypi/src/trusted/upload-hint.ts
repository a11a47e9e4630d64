import type { PypiSettings } from '../settings.ts';

/** Returns the hint for a refused upload with a minted token; undefined for another status, and for the user's own token. */
export function trustedHint(settings: PypiSettings, status: number): string | undefined {
  if (status !== 403 || settings.trust() === undefined) return undefined;
  return 'The index gave this job a token for the projects that trust this workflow, and this project is not one of them: add the workflow to it as a trusted publisher.';
}
