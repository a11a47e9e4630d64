import type { Call, Handler, Handlers } from './call.ts';
import { NO_CONTENT, NOT_FOUND, ok, page, type Reply, refuse } from './reply.ts';
import { keyOf, type StoredVersion } from './world.ts';

/** Container packages, of organisations and of users. */
export const PACKAGES: Handlers = {
  'packages/get-package-for-organization': { needs: 'token', handle: readPackage },
  'packages/get-package-for-user': { needs: 'token', handle: readPackage },
  'packages/get-all-package-versions-for-package-owned-by-org': withVersions(list),
  'packages/get-all-package-versions-for-package-owned-by-user': withVersions(list),
  'packages/get-package-version-for-organization': withVersions(get),
  'packages/get-package-version-for-user': withVersions(get),
  'packages/delete-package-version-for-org': withVersions(remove),
  'packages/delete-package-version-for-user': withVersions(remove),
};

function withVersions(handle: (call: Call, versions: readonly StoredVersion[]) => Reply): Handler {
  return {
    needs: 'token',
    handle: (call) => found(call, (versions) => handle(call, versions)),
  };
}

/** Finds a package, if the path has the right kind of owner and the token may read it. */
function found(call: Call, handle: (versions: readonly StoredVersion[]) => Reply): Reply {
  const { holder, path, world } = call;
  const account = world.accounts.get(ownerOf(call).toLowerCase());
  const isKind = account?.type === (path['org'] === undefined ? 'User' : 'Organization');
  const versions = world.packages.get(keyOf(ownerOf(call), path['package_name'] ?? ''));
  if (holder === 'anonymous' || holder.packages === 'none')
    return refuse(403, 'You need at least read:packages scope to list packages.');
  if (!isKind || versions === undefined || path['package_type'] !== 'container')
    return refuse(404, 'Package not found.');
  return handle(versions);
}

function ownerOf({ path }: Call): string {
  return path['org'] ?? path['username'] ?? '';
}

function list(call: Call, versions: readonly StoredVersion[]): Reply {
  const listed = versions.map((version) => versionJson(call, version));
  return page(listed, call.url);
}

function get(call: Call, versions: readonly StoredVersion[]): Reply {
  const version = versions.find(({ id }) => `${id}` === call.path['package_version_id']);
  return version === undefined ? NOT_FOUND : ok(versionJson(call, version));
}

function remove(call: Call, versions: readonly StoredVersion[]): Reply {
  const { holder, path, world } = call;
  if (holder === 'anonymous' || holder.packages !== 'delete')
    return refuse(403, 'You need at least delete:packages scope to delete a package version.');
  const left = versions.filter(({ id }) => `${id}` !== path['package_version_id']);
  if (left.length === versions.length) return NOT_FOUND;
  const isTagged = ({ tags }: StoredVersion): boolean => tags.length > 0;
  if (versions.some(isTagged) && !left.some(isTagged))
    return refuse(
      400,
      'You cannot delete the last tagged version of a package. You must delete the package instead.',
    );
  world.packages.set(keyOf(ownerOf(call), path['package_name'] ?? ''), left);
  return NO_CONTENT;
}

function readPackage(call: Call): Reply {
  return found(call, (versions) => {
    const { origin, path, world } = call;
    const name = path['package_name'] ?? '';
    const now = world.now();
    return ok({
      id: 1,
      name,
      package_type: 'container',
      visibility: 'private',
      version_count: versions.length,
      url: packageUrl(call),
      html_url: `${origin}/${ownerOf(call)}/packages/container/package/${name}`,
      created_at: now,
      updated_at: now,
    });
  });
}

function versionJson(call: Call, { id, name, tags, createdAt }: StoredVersion): object {
  const page = `${call.origin}/${ownerOf(call)}/packages/container/${call.path['package_name']}`;
  return {
    id,
    name,
    url: `${packageUrl(call)}/versions/${id}`,
    package_html_url: page,
    html_url: `${page}/${id}`,
    created_at: createdAt,
    updated_at: createdAt,
    metadata: { package_type: 'container', container: { tags } },
  };
}

function packageUrl(call: Call): string {
  const kind = call.path['org'] === undefined ? 'users' : 'orgs';
  const name = encodeURIComponent(call.path['package_name'] ?? '');
  return `${call.origin}/api/v3/${kind}/${ownerOf(call)}/packages/container/${name}`;
}
