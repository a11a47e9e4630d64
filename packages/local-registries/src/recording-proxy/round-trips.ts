import type { RecordedRequest } from './record.ts';

/**
 * How many round trips had to wait for one another: the length of the longest chain of requests in
 * which each began after the one before it had ended. No request waits for one that has not ended, so
 * that one can only be the last of the chain.
 *
 * Requests that do not depend on each other look serial if the first answer came before the second
 * request was sent; `holdAnswers` prevents that. Concatenate the records of several proxies to get the
 * chain across them.
 */
export function serialRoundTrips(records: readonly RecordedRequest[]): number {
  const intervals = records
    .map(({ began, ended }) => ({ began, ended: ended ?? Number.POSITIVE_INFINITY }))
    .sort((one, other) => one.ended - other.ended);
  let [length, last] = [0, -1];
  // The request that ends first leaves the most room for the rest of the chain.
  for (const { began, ended } of intervals) {
    if (began <= last) continue;
    length += 1;
    last = ended;
  }
  return length;
}

/** The kinds of request, by path. The first pattern that matches counts. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/\/info\/refs\?service=git-upload-pack$/, 'git refs'],
  [/\/info\/refs\?service=git-receive-pack$/, 'git refs for a push'],
  [/\/git-upload-pack$/, 'git objects or refs'],
  [/\/git-receive-pack$/, 'git push'],
  [/^\/v2\/$/, 'oci base'],
  [/^\/token\b/, 'oci token'],
  [/^\/v2\/.+\/blobs\/uploads\//, 'oci upload'],
  [/^\/v2\/.+\/blobs\//, 'oci blob'],
  [/^\/v2\/.+\/manifests\/sha256:/, 'oci manifest by digest'],
  [/^\/v2\/.+\/manifests\//, 'oci manifest by tag'],
  [/^\/v2\/.+\/tags\/list/, 'oci tags'],
  [/^\/v2\/.+\/referrers\//, 'oci referrers'],
  [/^\/-\/whoami$/, 'npm whoami'],
  [/^\/-\/npm\/v1\/oidc\/token\/exchange\//, 'npm token'],
  [/^\/-\/npm\/v1\//, 'npm service'],
  [/^\/-\/package\/.+\/dist-tags\b/, 'npm dist-tags'],
  [/^\/.+\/-\/[^/]+\.tgz$/, 'npm tarball'],
  [/^\/simple\//, 'pypi project'],
  [/^\/_\/oidc\//, 'pypi token'],
  [/^\/legacy\//, 'pypi upload'],
  [/\.(?:whl|tar\.gz)(?:\.metadata)?$/, 'pypi file'],
  [/^\/(?:@[^/%]+(?:%2f|\/))?[^/@%]+$/i, 'npm package'],
  [/^\/(?:@[^/%]+(?:%2f|\/))?[^/@%]+\/[^/]+$/i, 'npm version'],
];

/**
 * Counts the requests of each kind, for example `{ 'GET npm whoami': 1, 'PUT npm package': 3 }`, in
 * order of first arrival. A path that matches no kind is a kind of its own.
 */
export function countByKind(records: readonly RecordedRequest[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, path } of records) {
    const kind = KINDS.find(([pattern]) => pattern.test(path))?.[1] ?? path;
    const key = `${method} ${kind}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
