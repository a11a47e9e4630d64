/** What an address says about a repository, whichever way git reaches it. */
interface RepositoryAddress {
  readonly protocol: 'https:' | 'http:' | 'ssh:' | 'git:';
  /** Lower case. */
  readonly host: string;
  /** Empty for the protocol's own port. */
  readonly port: string;
  /** Begins with `/`; without `.git`. */
  readonly path: string;
}

/** Hosts that stand for another one: documented for ssh over the https port, or for the web. */
const SAME_HOSTS: Readonly<Record<string, string>> = {
  'ssh.github.com': 'github.com',
  'www.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

/**
 * Derives the web address of a repository from its remote: `git@github.com:o/r.git`,
 * `ssh://git@github.com/o/r` and `https://user:token@github.com/o/r.git` all give
 * `https://github.com/o/r`. Returns undefined for a local path, a host without a dot (an alias in
 * an ssh configuration) and anything else without a public address. Keeps the letter case of the
 * path.
 */
export function sourceUrl(remote: string): string | undefined {
  const address = parseAddress(remote);
  if (address === undefined) return undefined;
  const { host, path } = address;
  // Keeps only an https port: an ssh or git port is not part of the web address.
  const port = address.protocol === 'https:' && address.port !== '' ? `:${address.port}` : '';
  if (
    !/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(host) ||
    !/^(?:\/[\w.~+-]+)+$/.test(path)
  )
    return undefined;
  return `https://${host}${port}${path}`;
}

/**
 * True if two addresses are of one repository: the same host and path, without regard to letter
 * case, user, `.git`, a slash at the end, and how git reaches it. Ports count between two addresses
 * of one protocol only: that of ssh says nothing about the web's. False for what is no address of
 * a host, such as a local path.
 */
export function isSameRepository(a: string, b: string): boolean {
  const [first, second] = [parseAddress(a), parseAddress(b)];
  if (first === undefined || second === undefined) return false;
  const isSamePort = first.protocol !== second.protocol || first.port === second.port;
  return isSamePort && first.host === second.host && pathKey(first) === pathKey(second);
}

/** True for an address of a host, which `isSameRepository` can compare. */
export function isHostAddress(address: string): boolean {
  return parseAddress(address) !== undefined;
}

function parseAddress(remote: string): RepositoryAddress | undefined {
  const url = parseUrl(remote);
  if (url === undefined) return undefined;
  const protocol = url.protocol === 'git+ssh:' ? 'ssh:' : url.protocol;
  if (protocol !== 'https:' && protocol !== 'http:' && protocol !== 'ssh:' && protocol !== 'git:')
    return undefined;
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const path = url.pathname
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '')
    .replace(/\.git$/, '');
  if (host === '' || path === '') return undefined;
  const port = protocol === 'ssh:' && url.port === '22' ? '' : url.port;
  return { protocol, host: SAME_HOSTS[host] ?? host, port, path };
}

function parseUrl(remote: string): URL | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(remote)) return URL.parse(remote) ?? undefined;
  const [, host = '', path = ''] = SCP.exec(remote) ?? [];
  return host === '' ? undefined : (URL.parse(`ssh://${host}/${path}`) ?? undefined);
}

/**
 * `user@host:path` (git-clone(1), "GIT URLS"): without a slash before the first colon. One letter
 * is a drive of Windows.
 */
const SCP = /^(?:[^@/:\s]+@)?([A-Za-z0-9_.-]{2,}):(?!\/\/)\/?(.+)$/;

function pathKey({ path }: RepositoryAddress): string {
  try {
    return decodeURIComponent(path).toLowerCase();
  } catch {
    return path.toLowerCase();
  }
}
