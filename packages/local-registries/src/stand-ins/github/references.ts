import type { GitCommit, Ref } from './bare-repository.ts';
import type { Handlers, RepositoryCall } from './call.ts';
import { invalid, NO_CONTENT, NOT_FOUND, ok, page, type Reply, refuse } from './reply.ts';

const UNVERIFIED = {
  verified: false,
  reason: 'unsigned',
  signature: null,
  payload: null,
  verified_at: null,
} as const;

/** Refs, tags and commits: of the bare repository itself. */
export const REFERENCES: Handlers = {
  'git/get-ref': {
    needs: 'read',
    async handle(call) {
      const found = await call.repository.git.ref(`refs/${call.path['ref']}`);
      return found === undefined ? NOT_FOUND : ok(refJson(call, found));
    },
  },
  'git/list-matching-refs': {
    needs: 'read',
    async handle(call) {
      const found = await call.repository.git.refs(`refs/${call.path['ref']}`);
      return ok(found.map((ref) => refJson(call, ref)));
    },
  },
  'git/create-ref': { needs: 'push', handle: createRef },
  'git/update-ref': { needs: 'push', handle: updateRef },
  'git/delete-ref': { needs: 'push', handle: deleteRef },
  'git/get-tag': {
    needs: 'read',
    async handle(call) {
      const { git } = call.repository;
      const sha = call.path['tag_sha'] ?? '';
      if ((await git.typeOf(sha)) !== 'tag') return NOT_FOUND;
      const { tag, tagger, message, object, type } = await git.tag(sha);
      const url = (kind: string, id: string): string => `${apiOf(call)}/git/${kind}s/${id}`;
      return ok({
        node_id: `TA_${sha}`,
        sha,
        url: url('tag', sha),
        tag,
        message,
        tagger,
        object: { sha: object, type, url: url(type, object) },
        verification: UNVERIFIED,
      });
    },
  },
  'git/get-commit': {
    needs: 'read',
    async handle(call) {
      const { git } = call.repository;
      const sha = call.path['commit_sha'] ?? '';
      if ((await git.typeOf(sha)) !== 'commit') return NOT_FOUND;
      return ok(gitCommitJson(call, await git.commit(sha)));
    },
  },
  'repos/get-commit': {
    needs: 'read',
    async handle(call) {
      const { git } = call.repository;
      const sha = await git.commitOf(call.path['ref'] ?? '');
      if (sha === undefined) return refuse(422, `No commit found for SHA: ${call.path['ref']}`);
      return ok(commitJson(call, await git.commit(sha)));
    },
  },
  'repos/list-tags': {
    needs: 'read',
    async handle(call) {
      const { git } = call.repository;
      const tags = await git.refs('refs/tags/');
      const listed = await Promise.all(
        tags.map(async ({ ref }) => tagJson(call, ref, await git.commitOf(ref))),
      );
      return page(listed.toReversed(), call.url);
    },
  },
};

async function createRef(call: RepositoryCall): Promise<Reply> {
  const { git, usedTags } = call.repository;
  const [ref, sha] = [String(call.json['ref']), String(call.json['sha'])];
  if (!/^refs\/[^/]+\/./.test(ref)) return refuse(422, 'Reference name must start with refs/');
  const type = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha) ? await git.typeOf(sha) : undefined;
  if (type === undefined) return refuse(422, 'Object does not exist');
  if (usedTags.has(ref.slice('refs/tags/'.length)))
    return refuse(
      422,
      'Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n',
    );
  if (!(await git.set(ref, sha, undefined))) return refuse(422, 'Reference already exists');
  return { status: 201, body: refJson(call, { ref, sha, type }) };
}

async function updateRef(call: RepositoryCall): Promise<Reply> {
  const { git } = call.repository;
  const ref = `refs/${call.path['ref']}`;
  const [sha, force] = [String(call.json['sha']), call.json['force'] === true];
  const found = await git.ref(ref);
  if (found === undefined) return refuse(422, 'Reference does not exist');
  const type = await git.typeOf(sha);
  if (type === undefined) return refuse(422, 'Object does not exist');
  if (isProtected(call, ref)) return PROTECTED;
  if (!force && !(await git.isAncestor(found.sha, sha)))
    return refuse(422, 'Update is not a fast forward');
  await git.set(ref, sha, found.sha);
  return ok(refJson(call, { ref, sha, type }));
}

async function deleteRef(call: RepositoryCall): Promise<Reply> {
  const ref = `refs/${call.path['ref']}`;
  if ((await call.repository.git.ref(ref)) === undefined)
    return refuse(422, 'Reference does not exist');
  if (isProtected(call, ref)) return PROTECTED;
  await call.repository.git.remove(ref);
  // Without its tag, a published release becomes a draft again.
  for (const release of call.repository.releases) {
    if (`refs/tags/${release.tag}` !== ref) continue;
    Object.assign(release, { draft: true, publishedAt: null });
  }
  return NO_CONTENT;
}

const PROTECTED = invalid({
  resource: 'Reference',
  code: 'custom',
  message: 'Cannot change a tag of an immutable release.',
});

/** The tag of an immutable release can neither be moved nor deleted. */
function isProtected({ repository }: RepositoryCall, ref: string): boolean {
  return repository.releases.some(({ immutable, tag }) => immutable && ref === `refs/tags/${tag}`);
}

export function apiOf({ origin, repository }: RepositoryCall): string {
  return `${origin}/api/v3/repos/${repository.owner}/${repository.name}`;
}

function refJson(call: RepositoryCall, { ref, sha, type }: Ref): object {
  const url = `${apiOf(call)}/git/${ref}`;
  const object = { sha, type, url: `${apiOf(call)}/git/${type}s/${sha}` };
  return { ref, node_id: `REF_${ref}`, url, object };
}

function tagJson(call: RepositoryCall, ref: string, sha = ''): object {
  const name = ref.slice('refs/tags/'.length);
  const api = apiOf(call);
  return {
    name,
    node_id: `REF_${ref}`,
    commit: { sha, url: `${api}/commits/${sha}` },
    zipball_url: `${api}/zipball/${ref}`,
    tarball_url: `${api}/tarball/${ref}`,
  };
}

export function gitCommitJson(call: RepositoryCall, commit: GitCommit): object {
  const { author, committer, message, parents, sha, tree } = commit;
  const api = apiOf(call);
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${api}/git/commits/${sha}`,
    html_url: `${api}/commit/${sha}`,
    author,
    committer,
    message,
    tree: { sha: tree, url: `${api}/git/trees/${tree}` },
    parents: parents.map((id) => parentJson(api, id)),
    verification: UNVERIFIED,
  };
}

function commitJson(call: RepositoryCall, commit: GitCommit): object {
  const { author, committer, message, parents, sha, tree } = commit;
  const api = apiOf(call);
  return {
    sha,
    node_id: `C_${sha}`,
    url: `${api}/commits/${sha}`,
    html_url: `${api}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author,
      committer,
      message,
      comment_count: 0,
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      verification: UNVERIFIED,
    },
    author: null,
    committer: null,
    parents: parents.map((id) => parentJson(api, id)),
  };
}

function parentJson(api: string, sha: string): object {
  return { sha, url: `${api}/commits/${sha}`, html_url: `${api}/commit/${sha}` };
}
