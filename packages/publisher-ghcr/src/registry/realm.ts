import { isLoopback } from '@ameide/publisher-kit';

/**
 * The address that a Bearer challenge sends us to for a token, if our user and token may go there:
 * https; or plain http between loopback addresses. The host may be another one (auth.docker.io for
 * registry-1.docker.io). That gives nothing away as long as the challenge is the registry's own: it
 * would only have to ask for Basic to have the token for itself.
 */
export function realmUrl(realm: string | undefined, registryOrigin: string): URL | undefined {
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  if (url.username !== '' || url.password !== '') return undefined;
  url.hash = '';
  if (url.protocol === 'https:') return url;
  return url.protocol === 'http:' &&
    isLoopback(url.hostname) &&
    isLoopback(new URL(registryOrigin).hostname)
    ? url
    : undefined;
}
