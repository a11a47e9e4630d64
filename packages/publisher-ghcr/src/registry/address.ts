import { isLoopback } from '@ameide/publisher-kit';
import type { ImageName } from '../image-name.ts';

/**
 * The origin of a registry's API: that of the checked option `registry`, else `https://<host>`, and
 * plain http for a loopback host, as Docker does. The API of docker.io is at registry-1.docker.io.
 */
export function registryOrigin({ host }: ImageName, registry?: string): string {
  if (registry !== undefined) return new URL(registry).origin;
  if (host === 'docker.io' || host === 'index.docker.io') return 'https://registry-1.docker.io';
  const url = new URL(`https://${host}`);
  return isLoopback(url.hostname) ? `http://${host}` : url.origin;
}
