import { accountJson } from './account-json.ts';
import { type Handlers, loginOf, type RepositoryCall } from './call.ts';
import { apiOf } from './references.ts';
import { invalid, NOT_FOUND, ok, page, type Reply } from './reply.ts';
import { repositoryJson } from './repository-json.ts';
import type { StoredPull } from './world.ts';

/** Pull requests between branches of one repository. */
export const PULLS: Handlers = {
  'pulls/list': {
    needs: 'read',
    async handle(call) {
      const { searchParams } = call.url;
      const state = searchParams.get('state') ?? 'open';
      const [head, base] = [searchParams.get('head'), searchParams.get('base')];
      const found = call.repository.pulls.filter(
        (one) =>
          (state === 'all' || one.state === state) &&
          (head === null || head === `${call.repository.owner}:${one.head}`) &&
          (base === null || base === one.base),
      );
      const listed = found.toReversed().map(async (one) => pullJson(call, one));
      return page(await Promise.all(listed), call.url);
    },
  },
  'pulls/create': { needs: 'push', handle: createPull },
  'pulls/update': {
    needs: 'push',
    async handle(call) {
      const found = call.repository.pulls.find(
        ({ number }) => `${number}` === call.path['pull_number'],
      );
      if (found === undefined) return NOT_FOUND;
      const { base, body, state, title } = call.json;
      Object.assign(found, {
        ...(base === undefined ? {} : { base }),
        ...(body === undefined ? {} : { body }),
        ...(state === undefined ? {} : { state }),
        ...(title === undefined ? {} : { title }),
        updatedAt: call.world.now(),
      });
      return ok(await wholePullJson(call, found));
    },
  },
};

async function createPull(call: RepositoryCall): Promise<Reply> {
  const { json, repository, world } = call;
  const head = String(json['head']).replace(new RegExp(`^${repository.owner}:`), '');
  const base = String(json['base']);
  const wrong = (message: string): Reply =>
    invalid({ resource: 'PullRequest', code: 'custom', message });
  for (const [field, branch] of Object.entries({ head, base }))
    if ((await repository.git.ref(`refs/heads/${branch}`)) === undefined)
      return invalid({ resource: 'PullRequest', field, code: 'invalid' });
  const isOpen = (one: StoredPull): boolean =>
    one.state === 'open' && one.head === head && one.base === base;
  if (repository.pulls.some(isOpen))
    return wrong(`A pull request already exists for ${repository.owner}:${head}.`);
  if ((await repository.git.commitsBetween(base, head)) === 0)
    return wrong(`No commits between ${base} and ${head}`);
  const made: StoredPull = {
    id: world.nextId(),
    number: repository.pulls.length + 1,
    author: loginOf(call),
    head,
    base,
    title: String(json['title']),
    body: typeof json['body'] === 'string' ? json['body'] : null,
    state: 'open',
    createdAt: world.now(),
    updatedAt: world.now(),
  };
  repository.pulls = [...repository.pulls, made];
  return { status: 201, body: await wholePullJson(call, made) };
}

/** A `pull-request-simple`. */
async function pullJson(call: RepositoryCall, pull: StoredPull): Promise<object> {
  const { origin, repository } = call;
  const api = `${apiOf(call)}/pulls/${pull.number}`;
  const html = `${origin}/${repository.owner}/${repository.name}/pull/${pull.number}`;
  const issue = `${apiOf(call)}/issues/${pull.number}`;
  const head = await branchJson(call, pull.head);
  const addresses = {
    url: api,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${api}/commits`,
    review_comments_url: `${api}/comments`,
    review_comment_url: `${apiOf(call)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: `${apiOf(call)}/statuses/${String(head['sha'])}`,
  };
  return {
    ...addresses,
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    user: accountJson(origin, { login: pull.author, type: 'User' }),
    labels: [],
    milestone: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.state === 'closed' ? pull.updatedAt : null,
    merged_at: null,
    merge_commit_sha: null,
    assignee: null,
    head,
    base: await branchJson(call, pull.base),
    _links: linksOf(addresses),
    author_association: 'OWNER',
    auto_merge: null,
    draft: false,
  };
}

function linksOf(addresses: Readonly<Record<string, string>>): object {
  const link = (key: string): object => ({ href: addresses[key] });
  return {
    self: link('url'),
    html: link('html_url'),
    issue: link('issue_url'),
    comments: link('comments_url'),
    review_comments: link('review_comments_url'),
    review_comment: link('review_comment_url'),
    commits: link('commits_url'),
    statuses: link('statuses_url'),
  };
}

async function branchJson(
  { holder, origin, repository, world }: RepositoryCall,
  branch: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { owner: login } = repository;
  const owner = world.accounts.get(login.toLowerCase()) ?? { login, type: 'User' as const };
  return {
    label: `${login}:${branch}`,
    ref: branch,
    user: accountJson(origin, owner),
    repo: repositoryJson({ repository, owner, origin, holder, now: world.now() }),
    sha: (await repository.git.ref(`refs/heads/${branch}`))?.sha ?? '',
  };
}

/** A `pull-request`, as the answer about one has it. */
async function wholePullJson(call: RepositoryCall, pull: StoredPull): Promise<object> {
  return {
    ...(await pullJson(call, pull)),
    additions: 1,
    changed_files: 1,
    comments: 0,
    commits: 1,
    deletions: 1,
    mergeable: null,
    mergeable_state: 'unknown',
    merged: false,
    merged_by: null,
    maintainer_can_modify: false,
    review_comments: 0,
  };
}
