import { isLoopback } from '@ameide/publisher-kit';
import { InvalidInputError } from '@ameide/versioning-core';
import type { ImageName } from '../reference.ts';

/**
 * The origin of a registry's API. By default `https://<host>`, and plain http for a loopback host,
 * as Docker does; the API of docker.io is at registry-1.docker.io. Throws `InvalidInputError` for a
 * `registry` that is not an origin, or not safe.
 */
export function registryOrigin(image: ImageName, registry?: unknown): string {
  if (registry === undefined) return defaultOrigin(image.host);
  const url =
    typeof registry === 'string' && URL.canParse(registry) ? new URL(registry) : undefined;
  const plain = url !== undefined && url.protocol === 'http:' && isLoopback(url.hostname);
  const bare =
    url !== undefined &&
    url.pathname === '/' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (url !== undefined && bare && (url.protocol === 'https:' || plain)) return url.origin;
  throw new InvalidInputError({
    field: 'registry',
    // A URL can hold a password, so that it is not shown.
    expected:
      'an https origin without path or user, for example https://ghcr.io (plain http on a loopback address only)',
  });
}

function defaultOrigin(host: string): string {
  if (host === 'docker.io' || host === 'index.docker.io') return 'https://registry-1.docker.io';
  const url = new URL(`https://${host}`);
  return isLoopback(url.hostname) ? `http://${host}` : url.origin;
}
