import { isObject } from '@ameide/source-files/json';

/** What the registry's document of one version says about its origin and bytes. */
export interface VersionDocument {
  readonly version: string;
  /** 40 hex digits, or 64 in a SHA-256 repository; absent if the registry reports none. */
  readonly gitHead?: string;
  /** Every `sha512-…` of `dist.integrity`. */
  readonly digests: readonly string[];
  /** `dist.shasum`: the tarball's SHA-1, 40 hex digits. */
  readonly shasum?: string;
  /** `dist.tarball`: the tarball's address. */
  readonly tarball?: string;
  /** What clients print when they install it; absent if it is not deprecated. */
  readonly deprecated?: string;
}

/**
 * Reads the document of one version: the answer of `GET /<name>/<version>`, or its part of the
 * packument. Returns undefined if it is not the document of that version (a dist-tag of that name,
 * another format).
 */
export function readVersionDocument(
  body: Readonly<Record<string, unknown>>,
  name: string,
  version: string,
): VersionDocument | undefined {
  const { dist } = body;
  if (body['name'] !== name || body['version'] !== version || !isObject(dist)) return undefined;
  const { integrity, shasum, tarball } = dist;
  const gitHead = parseGitHead(body['gitHead']);
  const deprecated = deprecationOf(body);
  const digests =
    typeof integrity === 'string'
      ? integrity.split(/\s+/).filter((token) => token.startsWith('sha512-'))
      : [];
  return {
    version,
    ...(gitHead === undefined ? {} : { gitHead }),
    digests: digests.map((token) => token.replace(/\?.*$/, '')),
    ...(typeof shasum === 'string' ? { shasum } : {}),
    ...(typeof tarball === 'string' ? { tarball } : {}),
    ...(deprecated === '' ? {} : { deprecated }),
  };
}

/** Returns what clients print when they install the version; empty if it is not deprecated. */
export function deprecationOf(document: Readonly<Record<string, unknown>> | undefined): string {
  const deprecated = document?.['deprecated'];
  return typeof deprecated === 'string' || deprecated === true ? String(deprecated) : '';
}

/** Returns a full commit id, or undefined for anything else. */
export function parseGitHead(value: unknown): string | undefined {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)
    ? value
    : undefined;
}
