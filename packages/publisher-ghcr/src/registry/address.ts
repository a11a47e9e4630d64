import { isLoopback } from '@ameide/publisher-kit';
import type { ImageName } from '../image-name.ts';

/**
 * Returns the origin of a registry's API: the one of the checked option `registry`, else
 * `https://<host>`, or plain http for a loopback host, as in Docker. The API of docker.io is at
 * registry-1.docker.io.
 */
export function registryOrigin({ host }: ImageName, registry?: string): string {
  if (registry !== undefined) return new URL(registry).origin;
  if (host === 'docker.io' || host === 'index.docker.io') return 'https://registry-1.docker.io';
  const url = new URL(`https://${host}`);
  return isLoopback(url.hostname) ? `http://${host}` : url.origin;
}
