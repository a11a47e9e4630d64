import { devNull } from 'node:os';
import { failed, InvalidInputError, ok, printable, type Result } from '@ameide/versioning-core';
import { git } from '../git/git-command.ts';
import { createGitRemote } from '../git/remote/create-git-remote.ts';
import { remoteProblem } from '../git/remote/remote-problem.ts';
import { formatOf } from '../git/repository/object-format.ts';
import type { Processes } from '../process/processes.ts';
import { NO_CONFIGURATION } from './private-git.ts';
import { decideAddress, resolveSubmoduleUrl, type SubmoduleAddress } from './submodule-address.ts';
import { type CloneFolders, findSubmodule, type Submodule } from './submodules.ts';

/** Where the repository that holds a submodule comes from. */
export interface SubmoduleParent {
  /** Its own `remote.origin.url`, which relative addresses begin at. */
  readonly address?: string | undefined;
  /** That of the clone which is released. */
  readonly origin?: string | undefined;
}

const BY_HAND =
  'put it into the clone first: git submodule update --init --recursive (actions/checkout: submodules: recursive)';

/**
 * The address that a submodule is fetched from; undefined for one that git does not fetch either:
 * .gitmodules does not name it, or says `update = none`. Throws `InvalidInputError`
 * (`submodule-refused`). Offline.
 */
export function submoduleAddress(
  { name, notFetched, path, url }: Submodule,
  { address, origin }: SubmoduleParent,
): SubmoduleAddress | undefined {
  if (notFetched === 'unsafe') throw refused(path, 'a plain name and an address');
  if (name === undefined || notFetched === 'skipped') return undefined;
  const resolved = url === undefined ? undefined : resolveSubmoduleUrl(url, address);
  if (resolved === undefined)
    throw refused(path, 'an address; a relative one needs an origin to begin at', url);
  const decided = decideAddress(resolved, origin);
  if (decided !== undefined) return decided;
  throw refused(path, "an https address, or one on the host of this clone's origin", resolved);
}

function refused(path: string, expected: string, url?: string): InvalidInputError {
  const shown = url?.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1');
  return new InvalidInputError(
    {
      field: '.gitmodules',
      // What is wrong with it may be a token.
      ...(shown === undefined || /[@?]/.test(shown) ? {} : { received: shown }),
      expected: `for the submodule ${printable(path)} ${expected}`,
      hint: `Correct it there, or ${BY_HAND}.`,
    },
    'submodule-refused',
  );
}

/** The clone that a submodule is looked for in, and what may be done when it is not there. */
export interface SubmoduleSource extends CloneFolders, SubmoduleParent {
  readonly fetchesSubmodules?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The git directory that has a submodule's commit: one of the clone, else `store`, a new one that
 * the commit is fetched into, if that is asked for. Undefined when it stays away.
 */
export async function obtainSubmodule(
  submodule: Submodule,
  source: SubmoduleSource,
  store: string,
): Promise<Result<string | undefined>> {
  const found = await findSubmodule(submodule, source);
  if (found !== undefined || source.fetchesSubmodules !== true) return ok(found);
  const address = submoduleAddress(submodule, source);
  return address === undefined ? ok(undefined) : fetchSubmodule(submodule, address, source, store);
}

/** Fetches that commit alone, without its history. */
async function fetchSubmodule(
  { path, sha }: Submodule,
  { isOwnHost, protocols, url }: SubmoduleAddress,
  { processes, signal }: SubmoduleSource,
  store: string,
): Promise<Result<string>> {
  const ending = signal === undefined ? {} : { signal };
  const call = { processes, directory: '/', env: NO_CONFIGURATION, ...ending };
  const format = `--object-format=${formatOf(sha)}`;
  await git(['init', '--quiet', '--bare', '--template=', format, store], call);
  // Where relative addresses of its own submodules begin.
  await git(['config', 'remote.origin.url', url], { ...call, gitDirectory: store });
  const env = { GIT_ALLOW_PROTOCOL: protocols, ...(isOwnHost ? {} : NOTHING_OF_THE_USER) };
  const remote = createGitRemote({ url, processes: withEnvironment(processes, env) });
  const answer = await remote.fetch(store, [sha], { depth: 1, ...ending });
  if (!('failure' in answer)) return ok(store);
  const { failure } = answer;
  const what = `fetch the submodule ${printable(path)} from ${url}`;
  const problem = remoteProblem({ code: 'submodule', what, failure });
  return failed(
    failure.kind === 'unreachable' ? problem : { ...problem, hint: hintFor(isOwnHost) },
  );
}

/** No credential helper, header or rewritten address; without HOME curl finds no .netrc. */
const NOTHING_OF_THE_USER = { ...NO_CONFIGURATION, HOME: devNull, SSH_AUTH_SOCK: '' };

function hintFor(isOwnHost: boolean): string {
  const how = isOwnHost
    ? 'It is fetched as `git fetch` fetches from origin, by your own configuration, and without redirects.'
    : "It is fetched without any credential, as its host is not that of this clone's origin.";
  return `${how} Otherwise ${BY_HAND}.`;
}

function withEnvironment(processes: Processes, env: Readonly<Record<string, string>>): Processes {
  return {
    which: (program) => processes.which(program),
    run: (command) => processes.run({ ...command, env: { ...command.env, ...env } }),
  };
}
