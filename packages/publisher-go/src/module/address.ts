import { type Problem, problem } from '@ameide/versioning-core';
import type { ModuleAtCommit } from '../validate.ts';

/**
 * Checks that the module path matches the repository. `go` finds a module's repository by its path
 * (https://go.dev/ref/mod#vcs-find). If the path begins with the repository's host, both must
 * agree, or we would publish every version where `go` does not look. A path on another host (a
 * vanity import path, a mirror of a host) is its owner's business. `directory` is the module's in
 * the repository at `url`.
 */
export function validateAddress(
  { file, project }: Pick<ModuleAtCommit, 'file' | 'project'>,
  url: string,
  directory: string,
): Problem[] {
  const { module, path } = file;
  const repository = repositoryOf(url);
  const host = module.prefix.split('/')[0] ?? '';
  if (repository === undefined || repository.split('/')[0] !== host) return [];
  const folder = directory === '' ? '' : `/${directory}`;
  const right = `${repository}${folder}${module.major}`;
  const possible = [right, ...(folder.endsWith(module.major) ? [`${repository}${folder}`] : [])];
  if (possible.includes(module.path)) return [];
  return [
    problem({
      code: 'go-path-mismatch',
      kind: 'input',
      message: `${project}: go looks for ${module.path} in another place than its repository: the module is in ${directory === '' ? 'the root' : directory} of ${url}, so its path is ${right}.`,
      hint: `Change the module line of ${path} and the module's own imports to ${right}, or correct the address.`,
      path,
      field: 'module',
    }),
  ];
}

/** The problem of two modules with one mirror: a repository has one `source-<sha>` and one `main`. */
export function mirrorShared(project: string, url: string, other: string): Problem {
  return problem({
    code: 'go-mirror-shared',
    kind: 'input',
    message: `${project} and go:${other} have the same mirror, ${url}, where each would need the tag of this commit, its versions and branches for itself.`,
    hint: 'Give each module a mirror of its own. For a new major version in a folder of its own, publish that one from then on.',
  });
}

/** Returns `github.com/o/r` for any of its addresses; undefined for a folder. */
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
