/** The two services of git's smart HTTP protocol: the first reads, the second writes. */
type GitService = 'git-upload-pack' | 'git-receive-pack';

export interface Route {
  /** The repository's folder below the root: `owner/name.git`. */
  readonly repository: string;
  /** What follows the repository in the URL: `info/refs` or the service. */
  readonly rest: string;
  readonly service: GitService;
  readonly query: string;
}

// A segment begins with neither a dot nor a dash, so no name is `..`, hidden, or an option. Percent
// signs are not allowed.
const SEGMENT = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const REPOSITORY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const SMART = new RegExp(
  `^/(?<repository>${SEGMENT}(?:/${SEGMENT})*)/(?<rest>info/refs|git-upload-pack|git-receive-pack)$`,
);

/**
 * Returns the folder `owner/name.git` for `owner/name` or `owner/name.git`. Throws `TypeError` for
 * a name that could leave the root.
 */
export function repositoryPath(repository: string): string {
  if (!REPOSITORY.test(repository))
    throw new TypeError(`not a repository name: ${JSON.stringify(repository)}; use owner/name`);
  return repository.endsWith('.git') ? repository : `${repository}.git`;
}

/**
 * Reads a request of the smart protocol (git's gitprotocol-http). Returns `undefined` for anything
 * else, including the dumb protocol.
 */
export function routeOf(method: string, url: string): Route | undefined {
  const [path = '', query = ''] = url.split('?', 2);
  const { repository, rest } = SMART.exec(path)?.groups ?? {};
  if (repository === undefined || rest === undefined) return undefined;
  if (method !== (rest === 'info/refs' ? 'GET' : 'POST')) return undefined;
  const service = rest === 'info/refs' ? new URLSearchParams(query).get('service') : rest;
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return undefined;
  return { repository: repositoryPath(repository), rest, service, query };
}
