import { type GoModulePath, InvalidInputError } from '@ameide/versioning-core';

/**
 * `go` finds a module's repository by its path (https://go.dev/ref/mod#vcs-find). Where the path
 * begins with the host that the repository is on, both must agree, or every version would land
 * where nobody looks. A path on another host (a vanity import path, a mirror of a host) is left to
 * its owner. Throws `InvalidInputError` with code `go-path-mismatch`.
 */
export function checkModuleAddress(module: GoModulePath, url: string, directory: string): void {
  const repository = repositoryOf(url);
  const host = module.prefix.split('/')[0] ?? '';
  if (repository === undefined || repository.split('/')[0] !== host) return;
  const folder = directory === '' ? '' : `/${directory}`;
  const possible = [
    `${repository}${folder}${module.major}`,
    ...(folder.endsWith(module.major) ? [`${repository}${folder}`] : []),
  ];
  if (possible.includes(module.path)) return;
  throw new InvalidInputError(
    {
      field: 'go.mod: module',
      received: module.path,
      expected: `${possible[0]}, as the module lies in ${directory === '' ? 'the root' : directory} of ${url}`,
      hint: 'Change the module line of go.mod and the module’s own imports, or the address: go looks for the repository where the path says.',
    },
    'go-path-mismatch',
  );
}

/** `github.com/o/r` of any of its addresses; undefined for a folder. */
function repositoryOf(url: string): string | undefined {
  const scp = /^[^/@]+@([^:/]+):(.+)$/.exec(url);
  const [host, path] =
    scp === null
      ? URL.canParse(url)
        ? [new URL(url).hostname, new URL(url).pathname]
        : []
      : [scp[1], scp[2]];
  if (host === undefined || host === '' || path === undefined) return undefined;
  return `${host.toLowerCase()}/${path.replace(/^\/+|\/+$/g, '').replace(/\.git$/, '')}`;
}
