import type { TreeEntry } from './bare-repository.ts';
import type { Handlers, RepositoryCall } from './call.ts';
import { apiOf, gitCommitJson } from './references.ts';
import { type Reply, refuse } from './reply.ts';

/** The objects of git that a client makes one by one. */
export const OBJECTS: Handlers = {
  'git/create-blob': {
    needs: 'push',
    async handle(call) {
      const { content, encoding = 'utf-8' } = call.json;
      const bytes = Buffer.from(String(content), encoding === 'base64' ? 'base64' : 'utf8');
      const sha = await call.repository.git.addBlob(bytes);
      return { status: 201, body: { sha, url: `${apiOf(call)}/git/blobs/${sha}` } };
    },
  },
  'git/create-tree': { needs: 'push', handle: createTree },
  'git/create-commit': { needs: 'push', handle: createCommit },
};

async function createTree(call: RepositoryCall): Promise<Reply> {
  const { git } = call.repository;
  const { base_tree: base } = call.json;
  const given = call.json['tree'] as readonly Readonly<Record<string, string | null>>[];
  if (typeof base === 'string' && !['tree', 'commit'].includes((await git.typeOf(base)) ?? ''))
    return refuse(404, 'Not Found');
  const entries: TreeEntry[] = [];
  for (const { content, mode, path, sha } of given) {
    const id =
      content === undefined || content === null ? sha : await git.addBlob(Buffer.from(content));
    if (path === undefined || path === null || id === undefined)
      return refuse(422, 'Must supply a valid tree.sha');
    if (id !== null && (await git.typeOf(id)) === undefined)
      return refuse(422, `tree.sha ${id} is not a valid blob`);
    entries.push({ path, mode: mode ?? '100644', sha: id });
  }
  const sha = await git.addTree(typeof base === 'string' ? base : undefined, entries);
  const url = `${apiOf(call)}/git/trees/${sha}`;
  const tree = entries.flatMap(({ mode, path, sha: id }) =>
    id === null
      ? []
      : [{ path, mode, type: 'blob', sha: id, url: `${apiOf(call)}/git/blobs/${id}` }],
  );
  return { status: 201, body: { sha, url, tree, truncated: false } };
}

async function createCommit(call: RepositoryCall): Promise<Reply> {
  const { git } = call.repository;
  const { message, tree } = call.json;
  const parents = (call.json['parents'] ?? []) as readonly string[];
  if ((await git.typeOf(String(tree))) !== 'tree') return refuse(422, 'Tree SHA does not exist');
  for (const parent of parents)
    if ((await git.typeOf(parent)) !== 'commit')
      return refuse(422, 'Parent SHA does not exist or is not a commit object');
  const sha = await git.addCommit(String(tree), parents, String(message));
  return { status: 201, body: gitCommitJson(call, await git.commit(sha)) };
}
