import { publicAccountJson } from './account-json.ts';
import { type Call, type Handlers, loginOf } from './call.ts';
import { invalid, NOT_FOUND, ok, type Reply, refuse } from './reply.ts';
import { repositoryJson } from './repository-json.ts';
import { type Account, keyOf, type StoredRepository } from './world.ts';

/** Repositories, their owners, and the API's own description. */
export const REPOSITORIES: Handlers = {
  'repos/get': {
    needs: 'read',
    handle: (call) => ok(view(call, call.repository)),
  },
  'repos/create-in-org': {
    needs: 'token',
    async handle(call) {
      const account = call.world.accounts.get((call.path['org'] ?? '').toLowerCase());
      if (account?.type !== 'Organization') return NOT_FOUND;
      return create(call, account);
    },
  },
  'repos/create-for-authenticated-user': {
    needs: 'token',
    handle: async (call) => create(call, { login: loginOf(call), type: 'User' }),
  },
  'users/get-by-username': {
    needs: 'nothing',
    handle(call) {
      const account = call.world.accounts.get((call.path['username'] ?? '').toLowerCase());
      return account === undefined ? NOT_FOUND : ok(publicAccountJson(call.origin, account));
    },
  },
  'users/get-authenticated': {
    needs: 'token',
    handle(call) {
      if (call.holder !== 'anonymous' && call.holder.isInstallation)
        return refuse(403, 'Resource not accessible by integration');
      return ok(publicAccountJson(call.origin, { login: loginOf(call), type: 'User' }));
    },
  },
};

async function create(call: Call, account: Account): Promise<Reply> {
  const { holder, json, world } = call;
  if (holder === 'anonymous' || !holder.createsRepositories)
    return refuse(403, 'Resource not accessible by personal access token');
  const name = String(json['name']);
  if (world.repositories.has(keyOf(account.login, name)))
    return invalid({
      resource: 'Repository',
      code: 'custom',
      field: 'name',
      message: 'name already exists on this account',
    });
  if (!/^[\w.-]{1,100}$/.test(name))
    return invalid({ resource: 'Repository', code: 'invalid', field: 'name' });
  const isPrivate = json['private'] === true || json['visibility'] === 'private';
  const repository = await world.createRepository(account, name, isPrivate);
  if (json['auto_init'] === true) await repository.git.commitReadme(name);
  return { status: 201, body: view(call, repository) };
}

function view({ holder, origin, world }: Call, repository: StoredRepository): object {
  const { owner: login } = repository;
  const owner = world.accounts.get(login.toLowerCase()) ?? { login, type: 'User' };
  return repositoryJson({ repository, owner, origin, holder, now: world.now() });
}
