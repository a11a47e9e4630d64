import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createBareRepository } from '../../git-host/bare-repository.ts';
import { repositoryPath } from '../../git-host/route.ts';
import { listen, type Running } from '../../running.ts';
import { openStateFolder } from '../../state-folder.ts';
import { createTokens, type TokenRights } from './access.ts';
import { isoTime, openBareRepository } from './bare-repository.ts';
import { answerGit } from './git-access.ts';
import { createLimits, type RateLimit } from './rate-limit.ts';
import { answerApi } from './server.ts';
import { type Account, keyOf, type StoredRepository, type World } from './world.ts';

export interface GithubOptions {
  /** The folder of the bare repositories. Default: temporary. */
  readonly directory?: string;
  /** Repositories to create at the start, each as `owner/name`. They are public. */
  readonly repositories?: readonly string[];
  /** Owners that are users. Every other owner is an organisation. */
  readonly users?: readonly string[];
}

/** How a repository differs from a public one with ordinary releases. */
export interface GithubRepositoryOptions {
  readonly private?: boolean;
  /** True: a release cannot be changed after its publication. */
  readonly immutableReleases?: boolean;
  /** True: the repository is archived, so it can only be read. */
  readonly archived?: boolean;
  /** True: GitHub itself has disabled it. */
  readonly disabled?: boolean;
}

export interface RunningGithub extends Running {
  /** The address of the REST API: `<url>/api/v3`, as of GitHub Enterprise Server. */
  readonly apiUrl: string;
  /** A token with all rights. */
  readonly token: string;
  createToken(rights: TokenRights): string;
  /** Creates a repository, unless it exists. Returns its clone URL. */
  createRepository(repository: string, options?: GithubRepositoryOptions): Promise<string>;
  /** Returns the bare repository's folder: its refs are the ones that the API shows. */
  path(repository: string): string;
  /** Refuses the next requests. */
  limit(limit: RateLimit): void;
  /** Leaves each release that is made from now on out of the next `lists` list requests. */
  hideNewReleases(lists: number): void;
  /**
   * Adds versions of a container package, the oldest first. Returns their ids. `package` is
   * `owner/name`, where the name may hold slashes.
   */
  addContainerVersions(
    name: string,
    versions: readonly {
      readonly digest: string;
      readonly tags: readonly string[];
      /** ISO 8601. Default: now. */
      readonly createdAt?: string;
    }[],
  ): readonly number[];
  /** Where requests and answers violated GitHub's OpenAPI document. A test expects none. */
  violations(): readonly string[];
}

/**
 * A stand-in for GitHub's REST API and its git host, on bare repositories: a ref that the API makes
 * is one that git fetches. It checks each request and each of its own answers with GitHub's OpenAPI
 * document (`github-operations.json`, made by `scripts/github-operations.ts`).
 *
 * From GitHub's documentation: drafts are only shown to those who may push, and never by their tag;
 * publication makes a missing tag; immutable releases; `make_latest`; names of assets; rate limits;
 * pages. From public reports: the words of refusals; an interrupted upload leaves an asset in the
 * state `starter`, whose name is taken; several drafts may have one tag; a token of a GitHub App
 * sees no permissions of its own (semantic-release/github#182); a tag of an immutable release can
 * never be used again, and without its tag a published release is a draft.
 *
 * Not documented, and implemented in the way that is hardest for a client: `make_latest` of a
 * draft has no effect before its publication; the title, the notes and the mark "latest" of an
 * immutable release can change.
 */
export async function startGithub(options: GithubOptions = {}): Promise<RunningGithub> {
  const { repositories = [], users = [] } = options;
  const state = await openStateFolder('github', options.directory);
  const root = join(state.directory, 'repositories');
  const world = createWorld({ root, home: state.directory, first: repositories[0] });
  for (const login of users) world.accounts.set(login.toLowerCase(), { login, type: 'User' });
  const violations: string[] = [];
  const report = (violation: string): void => {
    violations.push(violation);
    state.log(`violation: ${violation}`);
  };
  const server = await listen(state, async (request, response, signal) => {
    if (sendStored(world, request, response)) return;
    if (await answerApi(world, request, response, report)) return;
    await answerGit(
      { world, root, home: state.directory, log: state.log },
      request,
      response,
      signal,
    );
  });
  const createRepository: RunningGithub['createRepository'] = async (full, settings = {}) => {
    const [owner = '', name = ''] = full.split('/');
    const found = world.repositories.get(keyOf(owner, name));
    const account = world.accounts.get(owner.toLowerCase()) ?? {
      login: owner,
      type: 'Organization',
    };
    world.accounts.set(owner.toLowerCase(), account);
    const made = found ?? (await world.createRepository(account, name, settings.private === true));
    made.immutableReleases = settings.immutableReleases ?? made.immutableReleases;
    made.archived = settings.archived ?? made.archived;
    made.disabled = settings.disabled ?? made.disabled;
    return `${server.url}/${repositoryPath(full)}`;
  };
  try {
    await mkdir(root, { recursive: true });
    for (const repository of repositories) await createRepository(repository);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return Object.assign(server, {
    apiUrl: `${server.url}/api/v3`,
    token: world.tokens.create(),
    createToken: (rights: TokenRights) => world.tokens.create(rights),
    createRepository,
    path: (repository: string) => join(root, repositoryPath(repository)),
    limit: (limit: RateLimit) => world.limits.set(limit),
    hideNewReleases: (lists: number) => void (world.hideNewReleases = lists),
    addContainerVersions: addVersions.bind(undefined, world),
    violations: () => violations,
  });
}

interface Place {
  readonly root: string;
  readonly home: string;
  /** The repository whose owner tokens belong to. */
  readonly first: string | undefined;
}

function createWorld({ root, home, first }: Place): World {
  let id = 1000;
  const world: World = {
    repositories: new Map(),
    accounts: new Map(),
    packages: new Map(),
    tokens: createTokens(first?.split('/')[0] ?? 'octocat'),
    limits: createLimits(),
    hideNewReleases: 0,
    nextId: () => (id += 1),
    now: () => isoTime(Date.now()),
    async createRepository(account: Account, name: string, isPrivate: boolean) {
      const directory = join(root, repositoryPath(`${account.login}/${name}`));
      await createBareRepository(directory, home);
      const repository: StoredRepository = {
        id: world.nextId(),
        owner: account.login,
        name,
        private: isPrivate,
        git: openBareRepository(directory, home),
        immutableReleases: false,
        archived: false,
        disabled: false,
        releases: [],
        pulls: [],
        latest: undefined,
        usedTags: new Set(),
      };
      world.repositories.set(keyOf(account.login, name), repository);
      return repository;
    },
  };
  return world;
}

function addVersions(
  world: World,
  name: string,
  versions: Parameters<RunningGithub['addContainerVersions']>[1],
): readonly number[] {
  const cut = name.indexOf('/');
  const owner = name.slice(0, cut);
  const known = world.accounts.get(owner.toLowerCase());
  world.accounts.set(owner.toLowerCase(), known ?? { login: owner, type: 'Organization' });
  const key = keyOf(owner, name.slice(cut + 1));
  const added = versions.map(({ digest, tags, createdAt = world.now() }) => ({
    id: world.nextId(),
    name: digest,
    tags,
    createdAt,
  }));
  world.packages.set(key, [...added.toReversed(), ...(world.packages.get(key) ?? [])]);
  return added.map(({ id }) => id);
}

/** Serves the bytes of an asset, at the address to which the API redirects. */
function sendStored(world: World, { url }: IncomingMessage, response: ServerResponse): boolean {
  const id = /^\/storage\/(\d+)$/.exec(url ?? '')?.[1];
  if (id === undefined) return false;
  const releases = [...world.repositories.values()].flatMap((one) => one.releases);
  const asset = releases.flatMap(({ assets }) => assets).find((one) => `${one.id}` === id);
  response.writeHead(asset === undefined ? 404 : 200).end(asset?.content);
  return true;
}
