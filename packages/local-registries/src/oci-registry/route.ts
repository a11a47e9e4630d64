import { RegistryError } from './registry-error.ts';

/**
 * The meaning of a path (distribution specification v1.1 § Endpoints). Tags and digests are checked
 * where they are used.
 */
export type Route =
  | { readonly kind: 'support' }
  | { readonly kind: 'uploads'; readonly name: string }
  | { readonly kind: 'upload'; readonly name: string; readonly session: string }
  | { readonly kind: 'blob'; readonly name: string; readonly digest: string }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: string }
  | { readonly kind: 'tags'; readonly name: string }
  | { readonly kind: 'referrers'; readonly name: string; readonly digest: string };

const NAME_PATTERN =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG_PATTERN = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const SESSION_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
// A repository's path becomes a folder's path, and no client supports longer names (specification §
// Pulling manifests).
const LONGEST_NAME = 229;

/**
 * Parses a request's path; `undefined` if it has no meaning. A repository name may contain a
 * component such as `blobs`, so the last match decides. Throws `NAME_INVALID` for an invalid name,
 * so that no path leaves the state folder.
 */
export function parseRoute(pathname: string): Route | undefined {
  // Some clients omit the slash at the end of the upload endpoint.
  const path = decode(pathname).replace(/\/blobs\/uploads$/, '/blobs/uploads/');
  if (path === '/v2' || path === '/v2/') return { kind: 'support' };
  const [, rawName, resource = '', rest] =
    /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/([^/]*)$/.exec(path) ?? [];
  if (rawName === undefined || rest === undefined) return undefined;
  const name = requireName(rawName);
  switch (resource) {
    case 'blobs/uploads':
      return rest === ''
        ? { kind: 'uploads', name }
        : { kind: 'upload', name, session: requireSession(rest) };
    case 'blobs':
      return { kind: 'blob', name, digest: rest };
    case 'manifests':
      return { kind: 'manifest', name, reference: rest };
    case 'referrers':
      return { kind: 'referrers', name, digest: rest };
    default:
      return rest === 'list' ? { kind: 'tags', name } : undefined;
  }
}

export function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME_PATTERN.test(text);
}

export function isTag(text: string): boolean {
  return TAG_PATTERN.test(text);
}

function requireName(text: string): string {
  if (!isName(text))
    throw new RegistryError('NAME_INVALID', 'not a repository name', { detail: text });
  return text;
}

function requireSession(text: string): string {
  if (!SESSION_PATTERN.test(text))
    throw new RegistryError('BLOB_UPLOAD_UNKNOWN', 'no such upload', { detail: text });
  return text;
}

function decode(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    throw new RegistryError('NAME_INVALID', 'the path is not valid percent-encoding');
  }
}
