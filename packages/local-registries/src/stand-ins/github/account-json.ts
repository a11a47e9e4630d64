import type { Account } from './world.ts';

const SINCE = '2020-01-01T00:00:00Z';

/** A `simple-user`: the owner or author in GitHub's answers. */
export function accountJson(origin: string, { login, type }: Account): object {
  const api = `${origin}/api/v3/users/${login}`;
  return {
    login,
    id: 1,
    node_id: 'U_1',
    avatar_url: `${origin}/avatars/${login}`,
    gravatar_id: '',
    url: api,
    html_url: `${origin}/${login}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    site_admin: false,
  };
}

/** A `public-user`: the answer about one account. */
export function publicAccountJson(origin: string, account: Account): object {
  return {
    ...accountJson(origin, account),
    user_view_type: 'public',
    name: account.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: SINCE,
    updated_at: SINCE,
  };
}
