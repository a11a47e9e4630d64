const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** A commit as a version: a tag of an OCI image, or `source-<sha>` of a Go mirror. */
const OF_COMMIT = /^((?:source-)?[0-9a-f]{12})[0-9a-f]{28}(?:[0-9a-f]{24})?$/;

/** `13 Nov 2025` and `15:32`, in UTC as given, of `2025-11-13T15:32:11Z`; any other text as it is. */
export function shortDate(datetime: string): { readonly day: string; readonly time: string } {
  const [, year, month, day, time] =
    /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)$/.exec(datetime) ?? [];
  const name = MONTHS[Number(month) - 1];
  if (name === undefined || time === undefined) return { day: datetime, time: '' };
  return { day: `${Number(day)} ${name} ${year}`, time };
}

/** The first seven digits, as git shows them. */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** `sha256:` and the first ten characters; `h1:` and `sha512-` the same. */
export function shortDigest(digest: string): string {
  const [, algorithm = '', value = digest] = /^([a-z\d]{1,10}[:-])(.+)$/i.exec(digest) ?? [];
  return value.length > 10 ? `${algorithm}${value.slice(0, 10)}…` : digest;
}

/**
 * Splits a version into what people read and what makes it unique: `0.1.1` and
 * `-dev.20251114090500`. Of a commit tag, only the first twelve digits of the SHA are left.
 */
export function versionParts(version: string): readonly [string, string] {
  const [, commit] = OF_COMMIT.exec(version) ?? [];
  if (commit !== undefined) return ['', `${commit}…`];
  const [, base, rest = ''] = /^(v?\d+(?:\.\d+)*)(.*)$/.exec(version) ?? [];
  return base === undefined ? [cut(version, 60), ''] : [cut(base, 40), cut(rest, 60)];
}

/** Cuts a text that is too long for a line; its details show all of it. */
export function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
