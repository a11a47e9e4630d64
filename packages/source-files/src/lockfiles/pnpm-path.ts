/**
 * How a pnpm-lock.yaml names packages, by its version: `/@acme/sdk/1.0.0_react@18.2.0` (5),
 * `/@acme/sdk@1.0.0(react@18.2.0)` (6), `@acme/sdk@1.0.0(react@18.2.0)` (9). A reference is the value of a
 * dependency: a version, or such a name for an alias.
 */
export type PnpmFormat = 5 | 6 | 9;

/** pnpm's `refToRelative` of each format; undefined for a link to a folder. */
export function keyOf(reference: string, name: string, format: PnpmFormat): string | undefined {
  if (reference.startsWith('link:')) return undefined;
  if (format === 9) return isWholeKey(reference) ? reference : `${name}@${reference}`;
  const bare = reference.split('(', 1)[0] ?? '';
  if (reference.startsWith('file:') || bare.includes('/')) return reference;
  return format === 6 ? `/${name}@${reference}` : `/${name}/${reference}`;
}

/** True for `name@version`; false for `1.0.0(a@1)` and `https://user@host/`. */
function isWholeKey(reference: string): boolean {
  if (reference.startsWith('@')) return true;
  const at = reference.indexOf('@');
  return at !== -1 && !/[(:]/.test(reference.slice(0, at));
}

/** Without the versions of its peers and the hash of a patch. */
export function withoutPeers(key: string, format: PnpmFormat): string {
  if (format !== 5) return key.split('(', 1)[0] ?? '';
  const cut = key.indexOf('_', key.lastIndexOf('/'));
  return cut === -1 ? key : key.slice(0, cut);
}

export interface PnpmName {
  readonly name: string;
  /** A version of a registry, or an address. */
  readonly version: string;
  readonly isRegistry: boolean;
}

/** What a key says about its package; undefined for a key that names only an address. */
export function readKey(key: string, format: PnpmFormat): PnpmName | undefined {
  const bare = withoutPeers(key, format);
  if (format !== 9 && !bare.startsWith('/')) return undefined;
  const text = format === 9 ? bare : bare.slice(1);
  const cut = format === 5 ? text.lastIndexOf('/') : text.indexOf('@', 1);
  if (cut <= 0) return undefined;
  const version = text.slice(cut + 1);
  return { name: text.slice(0, cut), version, isRegistry: /^\d+\.\d+\.\d+/.test(version) };
}
