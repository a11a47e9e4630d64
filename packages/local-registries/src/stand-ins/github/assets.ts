import { mayDo } from './access.ts';
import { type Handlers, loginOf, type RepositoryCall } from './call.ts';
import { assetJson } from './release-json.ts';
import { find } from './releases.ts';
import { invalid, NO_CONTENT, NOT_FOUND, ok, page, type Reply, refuse } from './reply.ts';
import type { StoredAsset, StoredRelease } from './world.ts';

export const ASSETS: Handlers = {
  'repos/list-release-assets': {
    needs: 'read',
    handle(call) {
      const release = find(call);
      if (release === undefined) return NOT_FOUND;
      return page(
        release.assets.map((asset) => assetJson(call, release, asset)),
        call.url,
      );
    },
  },
  'repos/upload-release-asset': { needs: 'push', handle: upload },
  'repos/get-release-asset': { needs: 'read', handle: read },
  'repos/delete-release-asset': {
    needs: 'push',
    handle(call) {
      const found = findAsset(call);
      if (found === undefined) return NOT_FOUND;
      const { asset, release } = found;
      if (release.immutable) return refuse(422, 'Cannot delete assets from an immutable release.');
      release.assets = release.assets.filter((other) => other !== asset);
      return NO_CONTENT;
    },
  },
};

interface FoundAsset {
  readonly release: StoredRelease;
  readonly asset: StoredAsset;
}

function findAsset({ holder, path, repository }: RepositoryCall): FoundAsset | undefined {
  const all = repository.releases.flatMap((release) =>
    release.assets.map((asset) => ({ release, asset })),
  );
  const found = all.find(({ asset }) => `${asset.id}` === path['asset_id']);
  return found?.release.draft === true && !mayDo(holder, 'push', repository) ? undefined : found;
}

/** Redirects a client that asks for the bytes to where they are stored. */
function read(call: RepositoryCall): Reply {
  const found = findAsset(call);
  if (found === undefined) return NOT_FOUND;
  const { asset, release } = found;
  if (!call.accept.includes('application/octet-stream')) return ok(assetJson(call, release, asset));
  if (asset.state !== 'uploaded') return NOT_FOUND;
  return { status: 302, headers: { location: `${call.origin}/storage/${asset.id}` } };
}

function upload(call: RepositoryCall): Reply {
  const { content, url, world } = call;
  const release = find(call);
  if (release === undefined) return NOT_FOUND;
  if (release.immutable) return refuse(422, 'Cannot upload assets to an immutable release.');
  if (!content.hasLength) return refuse(411, 'Length Required');
  const given = url.searchParams.get('name') ?? '';
  const name = storedName(given);
  if (release.assets.some((asset) => asset.name === name))
    return invalid({ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' });
  if (content.isComplete && content.bytes.length === 0)
    return refuse(400, 'Bad Content-Length: 0. The asset must not be empty.');
  const asset: StoredAsset = {
    id: world.nextId(),
    name,
    label: url.searchParams.get('label') ?? '',
    contentType: content.type,
    state: content.isComplete ? 'uploaded' : 'starter',
    content: content.bytes,
    uploader: loginOf(call),
    createdAt: world.now(),
  };
  release.assets = [...release.assets, asset];
  return { status: 201, body: assetJson(call, release, asset) };
}

/** "GitHub renames asset filenames that have special characters, non-alphanumeric characters, and
 * leading or trailing periods." */
function storedName(name: string): string {
  return name.replaceAll(/[^\w.+@~-]+/g, '.').replaceAll(/^\.+|\.+$/g, '');
}
