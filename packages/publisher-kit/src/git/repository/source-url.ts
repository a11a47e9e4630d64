/**
 * Derives the web address of a repository from its remote: `git@github.com:o/r.git`,
 * `ssh://git@github.com/o/r` and `https://user:token@github.com/o/r.git` all give
 * `https://github.com/o/r`. Returns undefined for a local path, a host without a dot (an alias in
 * an ssh configuration) and anything else without a public address. Keeps the letter case of the
 * path.
 */
export function sourceUrl(remote: string): string | undefined {
  const scp = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+):(?!\/)(.+)$/.exec(remote);
  const text =
    scp === null || /^[a-z][a-z0-9+.-]*:\/\//i.test(remote) ? remote : `ssh://${scp[1]}/${scp[2]}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:', 'ssh:', 'git:', 'git+ssh:'].includes(url.protocol))
    return undefined;
  // Keeps only an https port: an ssh or git port is not part of the web address.
  const port = url.protocol === 'https:' && url.port !== '' ? `:${url.port}` : '';
  // GitHub documents this host for ssh over the https port.
  const host =
    url.hostname.toLowerCase() === 'ssh.github.com' ? 'github.com' : url.hostname.toLowerCase();
  const path = url.pathname.replace(/\/+$/, '').replace(/\.git$/, '');
  if (
    !/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$/.test(host) ||
    !/^(?:\/[\w.~-]+)+$/.test(path)
  )
    return undefined;
  return `https://${host}${port}${path}`;
}
