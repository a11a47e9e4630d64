/**
 * The web address of a repository, told from its remote: `git@github.com:o/r.git`,
 * `ssh://git@github.com/o/r` and `https://user:token@github.com/o/r.git` all give
 * `https://github.com/o/r`. Undefined for a local path, a host without a dot (an alias of someone's
 * ssh configuration) and anything else that names no public address. Letter case of the path is
 * kept.
 */
export function sourceUrl(remote: string): string | undefined {
  const scp = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+):(?!\/)(.+)$/.exec(remote);
  const text =
    scp === null || /^[a-z][a-z0-9+.-]*:\/\//i.test(remote) ? remote : `ssh://${scp[1]}/${scp[2]}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:', 'ssh:', 'git:', 'git+ssh:'].includes(url.protocol))
    return undefined;
  // A port is part of a web address only under https; an ssh or git port says nothing about it.
  const port = url.protocol === 'https:' && url.port !== '' ? `:${url.port}` : '';
  // ssh over the https port, as GitHub documents it.
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
