import { InvalidInputError, received } from '../errors.ts';

const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?$`);
// OCI distribution specification, "Pulling manifests": <name>.
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/**
 * Parses an image name with its registry, `ghcr.io/ameideio/ameide-sdk-ts` or `127.0.0.1:5000/sdk`,
 * and lower-cases the host. There is no default registry: the first part must contain a dot or a
 * port, or be `localhost`.
 */
export function parseOciName(value: unknown, field = 'image'): string {
  if (typeof value === 'string' && value.length <= 255) {
    const cut = value.indexOf('/');
    const host = value.slice(0, Math.max(cut, 0));
    const named = /[.:]/.test(host) || host.toLowerCase() === 'localhost';
    if (
      named &&
      HOST.test(host) &&
      Number(/:(\d+)$/.exec(host)?.[1] ?? 1) <= 65535 &&
      PATH.test(value.slice(cut + 1))
    ) {
      return host.toLowerCase() + value.slice(cut);
    }
  }
  throw new InvalidInputError({
    field,
    received: received(value),
    expected:
      'an image name with its registry and a repository in lower case, for example ghcr.io/ameideio/ameide-sdk-ts',
  });
}

/** True if the value matches the tag grammar of the OCI distribution specification. */
export function isOciTag(value: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(value);
}

/** True for a SHA-256 digest, the only kind that we use to address manifests. */
export function isOciDigest(value: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(value);
}
