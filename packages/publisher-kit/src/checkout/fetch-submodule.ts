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

/** The addresses that a submodule's own address may be relative to. */
export interface SubmoduleParent {
  /** The parent repository's `remote.origin.url`: relative addresses start from it. */
  readonly address?: string | undefined;
  /** The `remote.origin.url` of the clone that is released. */
  readonly origin?: string | undefined;
}

const BY_HAND =
  'put it into the clone first: git submodule update --init --recursive (actions/checkout: submodules: recursive)';

/**
 * Returns the address to fetch a submodule from; undefined if git would not fetch it either,
 * because .gitmodules does not name it or says `update = none`. Throws `InvalidInputError`
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
      // The wrong part may be a token.
      ...(shown === undefined || /[@?]/.test(shown) ? {} : { received: shown }),
      expected: `for the submodule ${printable(path)} ${expected}`,
      hint: `Correct it there, or ${BY_HAND}.`,
    },
    'submodule-refused',
  );
}

/** The clone to look for a submodule in, and whether to fetch it if it is missing. */
export interface SubmoduleSource extends CloneFolders, SubmoduleParent {
  readonly fetchesSubmodules?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns a git directory that has the submodule's commit: one in the clone, else, if fetching is
 * requested, the new directory `store`. Returns undefined if the submodule stays missing.
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

/** Fetches only that commit, without its history. */
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
  // The relative addresses of nested submodules start from this one.
  await git(['config', 'remote.origin.url', url], { ...call, gitDirectory: store });
  const env = { GIT_ALLOW_PROTOCOL: protocols, ...(isOwnHost ? {} : WITHOUT_USER_CONFIGURATION) };
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

/** Uses no credential helper, header or address rewriting; without HOME curl finds no .netrc. */
const WITHOUT_USER_CONFIGURATION = { ...NO_CONFIGURATION, HOME: devNull, SSH_AUTH_SOCK: '' };

function hintFor(isOwnHost: boolean): string {
  const how = isOwnHost
    ? 'The fetch uses your own git configuration, like `git fetch` from origin, and follows no redirect.'
    : "The fetch uses no credential, because the host is not that of this clone's origin.";
  return `${how} Otherwise ${BY_HAND}.`;
}

function withEnvironment(processes: Processes, env: Readonly<Record<string, string>>): Processes {
  return {
    which: (...which) => processes.which(...which),
    run: (command) => processes.run({ ...command, env: { ...command.env, ...env } }),
  };
}
