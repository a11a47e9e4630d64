import { mayDo } from './access.ts';
import { type Handlers, loginOf, type RepositoryCall } from './call.ts';
import { latestRelease, makeLatest } from './latest-release.ts';
import { publishRelease } from './publication.ts';
import { releaseJson } from './release-json.ts';
import { generateNotes } from './release-notes.ts';
import { invalid, NO_CONTENT, NOT_FOUND, ok, page, type Reply, refuse } from './reply.ts';
import type { StoredRelease } from './world.ts';

export const RELEASES: Handlers = {
  'repos/list-releases': { needs: 'read', handle: listReleases },
  'repos/get-release': {
    needs: 'read',
    handle: (call) => shown(call, find(call)),
  },
  'repos/get-release-by-tag': {
    needs: 'read',
    handle: (call) =>
      shown(
        call,
        call.repository.releases.find(({ draft, tag }) => !draft && tag === call.path['tag']),
      ),
  },
  'repos/get-latest-release': {
    needs: 'read',
    handle: (call) => shown(call, latestRelease(call.repository)),
  },
  'repos/create-release': { needs: 'push', handle: createRelease },
  'repos/update-release': { needs: 'push', handle: updateRelease },
  'repos/delete-release': {
    needs: 'push',
    handle(call) {
      const release = find(call);
      if (release === undefined) return NOT_FOUND;
      call.repository.releases = call.repository.releases.filter((other) => other !== release);
      return NO_CONTENT;
    },
  },
  'repos/generate-release-notes': {
    needs: 'push',
    handle: async (call) => ok(await generateNotes(call, String(call.json['tag_name']))),
  },
  'repos/check-immutable-releases': {
    needs: 'admin',
    handle: ({ repository }) =>
      repository.immutableReleases ? ok({ enabled: true, enforced_by_owner: false }) : NOT_FOUND,
  },
};

/** Finds a release by the id in the path; a draft only for those who may push. */
export function find(call: RepositoryCall): StoredRelease | undefined {
  const found = call.repository.releases.find(({ id }) => `${id}` === call.path['release_id']);
  return found?.draft === true && !mayDo(call.holder, 'push', call.repository) ? undefined : found;
}

function shown(call: RepositoryCall, release: StoredRelease | undefined): Reply {
  return release === undefined ? NOT_FOUND : ok(releaseJson(call, release));
}

function listReleases(call: RepositoryCall): Reply {
  const { holder, repository, url } = call;
  const seesDrafts = mayDo(holder, 'push', repository);
  const listed = repository.releases.filter((release) => {
    if (release.hiddenFor > 0) {
      release.hiddenFor -= 1;
      return false;
    }
    return seesDrafts || !release.draft;
  });
  const newest = listed.toSorted((a, b) => b.id - a.id);
  return page(
    newest.map((release) => releaseJson(call, release)),
    url,
  );
}

async function createRelease(call: RepositoryCall): Promise<Reply> {
  const { json, repository, world } = call;
  const release: StoredRelease = {
    id: world.nextId(),
    tag: String(json['tag_name']),
    target: textOr(json['target_commitish'], 'main'),
    name: textOr(json['name'], null),
    body: textOr(json['body'], null),
    draft: true,
    prerelease: json['prerelease'] === true,
    immutable: false,
    author: loginOf(call),
    createdAt: world.now(),
    publishedAt: null,
    assets: [],
    hiddenFor: world.hideNewReleases,
  };
  if (!isTag(release.tag)) return TAG_INVALID;
  if (json['generate_release_notes'] === true) {
    const notes = await generateNotes(call, release.tag);
    release.name ??= notes.name;
    release.body = [release.body, notes.body].filter((part) => part !== null).join('\n\n');
  }
  if (json['draft'] !== true) {
    const refusal = await publishRelease({ repository, now: world.now() }, release);
    if (refusal !== undefined) return refusal;
    makeLatest(repository, release, json['make_latest'] ?? 'true');
  }
  repository.releases = [...repository.releases, release];
  return { status: 201, body: releaseJson(call, release) };
}

/** Of an immutable release only the title, the notes and the mark "latest" can change. */
const OF_IMMUTABLE: ReadonlySet<string> = new Set(['name', 'body', 'make_latest']);

async function updateRelease(call: RepositoryCall): Promise<Reply> {
  const { json, repository, world } = call;
  const release = find(call);
  if (release === undefined) return NOT_FOUND;
  const changed = Object.keys(json).filter((key) => json[key] !== releaseField(release, key));
  if (release.immutable && changed.some((key) => !OF_IMMUTABLE.has(key)))
    return refuse(422, 'Cannot update an immutable release.');
  const before = { ...release };
  release.tag = textOr(json['tag_name'], release.tag);
  release.target = textOr(json['target_commitish'], release.target);
  release.name = textOr(json['name'], release.name);
  release.body = textOr(json['body'], release.body);
  if (typeof json['prerelease'] === 'boolean') release.prerelease = json['prerelease'];
  if (!isTag(release.tag)) {
    Object.assign(release, before);
    return TAG_INVALID;
  }
  if (before.draft && json['draft'] === false) {
    const refusal = await publishRelease({ repository, now: world.now() }, release);
    if (refusal !== undefined) {
      Object.assign(release, before);
      return refusal;
    }
    // `make_latest` of a draft has no effect: the request that publishes it decides.
    makeLatest(repository, release, json['make_latest'] ?? 'true');
  } else {
    if (json['draft'] === true) Object.assign(release, { draft: true, publishedAt: null });
    if (json['make_latest'] !== undefined) makeLatest(repository, release, json['make_latest']);
  }
  return ok(releaseJson(call, release));
}

function releaseField(release: StoredRelease, key: string): unknown {
  const { draft, prerelease, tag, target } = release;
  return { tag_name: tag, target_commitish: target, draft, prerelease }[key];
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === 'string' && value !== '' ? value : other;
}

const TAG_INVALID = invalid({ resource: 'Release', code: 'invalid', field: 'tag_name' });

/** A name that git takes: git-check-ref-format. */
function isTag(tag: string): boolean {
  return /^(?![./-])(?!.*(?:\.\.|\/\/|@\{|\.lock$|[./]$))[^\s~^:?*[\\\x00-\x1f\x7f]+$/.test(tag);
}
