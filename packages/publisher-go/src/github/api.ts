import {
  type Asked,
  ask,
  createOctokit,
  type GithubAccess,
  type GithubQuestion,
  orNone,
  type RestEndpointMethodTypes,
} from '@ameide/publisher-kit/github';
import type { GithubPlace } from './place.ts';

/** A repository, as the API returns it. */
export type ApiRepository = RestEndpointMethodTypes['repos']['get']['response']['data'];

/** The requests to GitHub's API about a mirror. A read without an answer is repeated, a write is not. */
export interface RepositoryApi {
  /** Undefined if there is none, or the token may not see it. */
  repository(): Promise<Asked<ApiRepository | undefined>>;
  /** `Organization` or `User`; undefined if there is no such account. */
  ownerType(): Promise<Asked<string | undefined>>;
  /** The account of the token; undefined for an app's token, which has no user. */
  tokenUser(): Promise<Asked<string | undefined>>;
  createIn(owner: 'organisation' | 'user'): Promise<Asked<unknown>>;
}

export function openApi(
  access: GithubAccess,
  { create, owner, repo }: GithubPlace,
  signal: AbortSignal,
): RepositoryApi {
  const { repos, users } = createOctokit(access, signal).rest;
  const name = `${owner}/${repo}`;
  const about = (what: string): GithubQuestion => ({
    access,
    signal,
    code: 'go-github',
    what,
    tokenFrom: 'GO_MIRROR_TOKEN or the option token',
  });
  // Creates it empty, without a README, so that our first commit has no parent.
  const made = { ...create, name: repo, auto_init: false };
  return {
    repository: () =>
      orNone(ask(about(`read the repository ${name}`), () => repos.get({ owner, repo }))),
    ownerType: async () => {
      const asked = await orNone(
        ask(about(`read the account ${owner}`), () => users.getByUsername({ username: owner })),
      );
      return asked.failure === undefined ? { value: asked.value?.type } : asked;
    },
    tokenUser: async () => {
      const asked = await ask(about('read the user of the token'), () => users.getAuthenticated());
      if (asked.failure === undefined) return { value: asked.value.login };
      return asked.failure.status === 403 ? { value: undefined } : asked;
    },
    createIn: (kind) =>
      ask(about(`create the repository ${name}`), () =>
        kind === 'organisation'
          ? repos.createInOrg({ org: owner, ...made })
          : repos.createForAuthenticatedUser(made),
      ),
  };
}
