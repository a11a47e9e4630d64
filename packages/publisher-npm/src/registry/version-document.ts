import { isObject } from '../manifest/json.ts';

/** What the registry's document of one version says about its origin and bytes. */
export interface VersionDocument {
  readonly version: string;
  /** 40 hex digits, or 64 in a SHA-256 repository; absent if the registry reports none. */
  readonly gitHead?: string;
  /** Every `sha512-…` of `dist.integrity`. */
  readonly digests: readonly string[];
}

/**
 * Reads the answer of `GET /<name>/<version>`. Returns undefined if it is not the document of that
 * version (a dist-tag of that name, another format).
 */
export function readVersionDocument(
  body: Readonly<Record<string, unknown>>,
  name: string,
  version: string,
): VersionDocument | undefined {
  const { dist, gitHead } = body;
  if (body['name'] !== name || body['version'] !== version || !isObject(dist)) return undefined;
  const integrity = dist['integrity'];
  const digests =
    typeof integrity === 'string'
      ? integrity.split(/\s+/).filter((token) => token.startsWith('sha512-'))
      : [];
  const named =
    typeof gitHead === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(gitHead)
      ? { gitHead }
      : {};
  return { version, ...named, digests: digests.map((token) => token.replace(/\?.*$/, '')) };
}
