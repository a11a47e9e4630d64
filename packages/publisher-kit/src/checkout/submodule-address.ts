import { InvalidInputError } from '@ameide/versioning-core';
import { parseRemoteAddress } from '../git/remote/remote-address.ts';

/** The address that a submodule may be fetched from, and how. */
export interface SubmoduleAddress {
  /** Without user name and password. */
  readonly url: string;
  /** The transports that git may use (GIT_ALLOW_PROTOCOL). */
  readonly protocols: string;
  /** True if it is on the host of the clone's own origin, so the user's credentials may be used. */
  readonly isOwnHost: boolean;
}

/**
 * Resolves a submodule's address as git does (git-submodule(1), `add`): one that begins with `./`
 * or `../` is relative to the address of the repository that contains it. Returns undefined if that
 * repository has no address, or if the result is on another host.
 */
export function resolveSubmoduleUrl(url: string, parent: string | undefined): string | undefined {
  if (!/^\.\.?\//.test(url)) return url;
  return parent === undefined ? undefined : climb(parent.replace(/\/+$/, ''), '/', url);
}

/**
 * `resolve_relative_url` of git's remote.c, but stops at the host, where git would go on to a
 * broken address.
 */
function climb(base: string, separator: string, rest: string): string | undefined {
  if (base === '') return undefined;
  if (rest.startsWith('./')) return climb(base, separator, rest.slice(2));
  if (!rest.startsWith('../')) return base + separator + rest.replace(/\/$/, '');
  const slash = base.lastIndexOf('/');
  // `host:path` of ssh: the last step up leads to the host's own folder.
  const end = slash === -1 ? base.lastIndexOf(':') : slash;
  return climb(base.slice(0, Math.max(end, 0)), slash === -1 ? ':' : '/', rest.slice(3));
}

/**
 * Decides how to fetch from an address. The commit names the host, so the user's credentials go
 * only to the host of the clone's origin: there git runs like the user's own `git fetch`, with
 * credential helpers and ssh keys; on any other host it uses https without credentials. ssh and
 * local paths are allowed only for the origin's own host, http only for loopback. Returns undefined
 * for everything else: `ext::` runs a program, and a leading dash would make the address an option.
 */
export function decideAddress(
  url: string,
  origin: string | undefined,
): SubmoduleAddress | undefined {
  const host = parseHost(url);
  if (host === undefined) return undefined;
  const { transport } = host;
  const isOwnHost = host.name === parseHost(origin ?? '')?.name;
  if (!isOwnHost && (transport === 'ssh' || transport === 'file')) return undefined;
  // On the own host the user's configuration may rewrite https to ssh, and ssh to https.
  const others = { https: ':ssh', http: ':ssh', ssh: ':https', file: '' };
  return { url: host.url, protocols: transport + (isOwnHost ? others[transport] : ''), isOwnHost };
}

interface Host {
  /** Equal for addresses of one host: its scheme, name and port. */
  readonly name: string;
  readonly transport: 'https' | 'http' | 'ssh' | 'file';
  readonly url: string;
}

function parseHost(address: string): Host | undefined {
  // Remove user information from an http address: a clone's address may contain a CI token.
  const url = address.replace(/^(https?:\/\/)[^/?#]*@/i, '$1');
  const parsed = tryParse(url);
  if (parsed === undefined || (parsed.transport === 'http' && !parsed.isPrivate)) return undefined;
  if (parsed.transport === 'file') return { name: 'file:', transport: 'file', url };
  if (parsed.transport === 'http') {
    const transport = url.startsWith('https:') ? 'https' : 'http';
    return { name: parsed.origin, transport, url };
  }
  const host = URL.parse(url)?.host ?? /@([^:]+):/.exec(url)?.[1] ?? '';
  return { name: `ssh://${host.toLowerCase().replace(/:22$/, '')}`, transport: 'ssh', url };
}

function tryParse(url: string): ReturnType<typeof parseRemoteAddress> | undefined {
  try {
    return parseRemoteAddress(url);
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}
