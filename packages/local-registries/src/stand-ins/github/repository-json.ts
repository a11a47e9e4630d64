import { type Holder, mayDo } from './access.ts';
import { accountJson } from './account-json.ts';
import type { Account, StoredRepository } from './world.ts';

/** The ends of the URL templates in a repository's JSON. */
const TEMPLATES: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
  url: '',
};

const COUNTS = {
  forks: 0,
  forks_count: 0,
  network_count: 0,
  open_issues: 0,
  open_issues_count: 0,
  size: 0,
  stargazers_count: 0,
  subscribers_count: 0,
  watchers: 0,
  watchers_count: 0,
} as const;

const SETTINGS = {
  default_branch: 'main',
  description: null,
  fork: false,
  has_discussions: false,
  has_downloads: true,
  has_issues: true,
  has_pages: false,
  has_projects: true,
  has_wiki: true,
  homepage: null,
  language: null,
  license: null,
  mirror_url: null,
} as const;

interface Viewed {
  readonly repository: StoredRepository;
  readonly owner: Account;
  readonly origin: string;
  readonly holder: Holder | 'anonymous';
  readonly now: string;
}

/** A `full-repository`. */
export function repositoryJson({ repository, owner, origin, holder, now }: Viewed): object {
  const { id, name } = repository;
  const full = `${owner.login}/${name}`;
  const api = `${origin}/api/v3/repos/${full}`;
  const addresses = Object.entries(TEMPLATES).map(([key, end]) => [key, `${api}${end}`]);
  return {
    ...Object.fromEntries(addresses),
    ...COUNTS,
    ...SETTINGS,
    id,
    node_id: `R_${id}`,
    name,
    full_name: full,
    owner: accountJson(origin, owner),
    private: repository.private,
    archived: repository.archived,
    disabled: repository.disabled,
    visibility: repository.private ? 'private' : 'public',
    html_url: `${origin}/${full}`,
    clone_url: `${origin}/${full}.git`,
    git_url: `git://127.0.0.1/${full}.git`,
    ssh_url: `git@127.0.0.1:${full}.git`,
    svn_url: `${origin}/${full}`,
    created_at: now,
    updated_at: now,
    pushed_at: now,
    ...permissionsOf(holder, repository),
  };
}

function permissionsOf(holder: Holder | 'anonymous', repository: StoredRepository): object {
  if (holder === 'anonymous') return {};
  const may = (level: 'read' | 'push' | 'admin'): boolean =>
    !holder.isInstallation && mayDo(holder, level, repository);
  const [admin, push, pull] = [may('admin'), may('push'), may('read')];
  return { permissions: { admin, maintain: admin, push, triage: push, pull } };
}
