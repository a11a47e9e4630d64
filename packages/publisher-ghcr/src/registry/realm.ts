import { isLoopback } from '@ameide/publisher-kit';

/**
 * Returns the address in a Bearer challenge, if we may send our user and token there: https, or
 * plain http between loopback addresses. The host may differ from the registry's (auth.docker.io
 * for registry-1.docker.io). This is safe if the challenge comes from the registry itself, which
 * could get the token anyway by asking for Basic.
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
