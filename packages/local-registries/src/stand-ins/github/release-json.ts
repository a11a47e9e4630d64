import { createHash } from 'node:crypto';
import { accountJson } from './account-json.ts';
import type { RepositoryCall } from './call.ts';
import { digestOf, type StoredAsset, type StoredRelease } from './world.ts';

type Place = Pick<RepositoryCall, 'origin' | 'repository'>;

/** A `release`. */
export function releaseJson(place: Place, release: StoredRelease): object {
  const { id, tag, target, draft, prerelease, immutable, createdAt, publishedAt } = release;
  const full = nameOf(place);
  const api = `${place.origin}/api/v3/repos/${full}`;
  const url = `${api}/releases/${id}`;
  const uploads = `${place.origin}/api/uploads/repos/${full}/releases/${id}/assets`;
  const archive = (kind: string): string | null => (draft ? null : `${api}/${kind}/${tag}`);
  return {
    id,
    node_id: `RE_${id}`,
    url,
    html_url: `${place.origin}/${full}/releases/tag/${shownTag(release)}`,
    assets_url: `${url}/assets`,
    upload_url: `${uploads}{?name,label}`,
    tarball_url: archive('tarball'),
    zipball_url: archive('zipball'),
    tag_name: tag,
    target_commitish: target,
    name: release.name,
    body: release.body,
    draft,
    prerelease,
    immutable,
    created_at: createdAt,
    published_at: publishedAt,
    updated_at: createdAt,
    author: accountJson(place.origin, { login: release.author, type: 'User' }),
    assets: release.assets.map((asset) => assetJson(place, release, asset)),
  };
}

/** A `release-asset`. */
export function assetJson(place: Place, release: StoredRelease, asset: StoredAsset): object {
  const { id, name, label, state, contentType, content, createdAt, uploader } = asset;
  const full = nameOf(place);
  return {
    id,
    node_id: `RA_${id}`,
    url: `${place.origin}/api/v3/repos/${full}/releases/assets/${id}`,
    browser_download_url: `${place.origin}/${full}/releases/download/${shownTag(release)}/${name}`,
    name,
    label,
    state,
    content_type: contentType,
    size: state === 'uploaded' ? content.length : 0,
    digest: digestOf(asset),
    download_count: 0,
    created_at: createdAt,
    updated_at: createdAt,
    uploader: accountJson(place.origin, { login: uploader, type: 'User' }),
  };
}

function nameOf({ repository }: Place): string {
  return `${repository.owner}/${repository.name}`;
}

/** A draft's pages are not at its tag, which need not exist yet. */
function shownTag({ draft, id, tag }: StoredRelease): string {
  if (!draft) return tag;
  return `untagged-${createHash('sha256').update(`${id}`).digest('hex').slice(0, 20)}`;
}
