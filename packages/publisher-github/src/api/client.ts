import { stat } from 'node:fs/promises';
import { FileBody } from '@ameide/publisher-kit';
import {
  type Asked,
  ask,
  BYTES,
  createOctokit,
  type GithubQuestion,
  type Octokit,
  orNone,
  type RestEndpointMethodTypes,
} from '@ameide/publisher-kit/github';
import type { Target } from '../options.ts';
import type { BuiltAsset } from '../plan.ts';

type Method<K extends keyof RestEndpointMethodTypes['repos']> =
  RestEndpointMethodTypes['repos'][K]['response']['data'];

/** A release, as the API returns it. */
export type ApiRelease = Method<'getRelease'>;
/** An asset of a release. `state` may also be `starter`: its upload was interrupted. */
export type ApiAsset = Method<'getReleaseAsset'>;

/** The fields with which a release is created or changed. */
export type ReleaseFields = Omit<
  RestEndpointMethodTypes['repos']['updateRelease']['parameters'],
  'owner' | 'repo' | 'release_id' | 'tag_name'
>;

/** What this publisher reads of one repository. A read without an answer is repeated. */
interface GithubReads {
  repository(): Promise<Asked<Method<'get'>>>;
  hasCommit(sha: string): Promise<Asked<boolean>>;
  /** The commit of a tag; undefined if there is no such tag. */
  tag(name: string): Promise<Asked<string | undefined>>;
  /** All releases, drafts too if the token may push. */
  releases(): Promise<Asked<readonly ApiRelease[]>>;
  /** The published release of a tag; undefined if there is none. */
  published(tag: string): Promise<Asked<ApiRelease | undefined>>;
  latest(): Promise<Asked<ApiRelease | undefined>>;
  release(id: number): Promise<Asked<ApiRelease | undefined>>;
  assets(id: number): Promise<Asked<readonly ApiAsset[]>>;
  download(id: number): Promise<Asked<Uint8Array>>;
  /** GitHub's own notes. Needs a token that may write, and stores nothing. */
  notes(tag: string, sha: string): Promise<Asked<string>>;
}

/** What this publisher writes. Each request is sent once. */
interface GithubWrites {
  createTag(name: string, sha: string): Promise<Asked<unknown>>;
  createDraft(tag: string, fields: ReleaseFields): Promise<Asked<ApiRelease>>;
  update(id: number, fields: ReleaseFields): Promise<Asked<ApiRelease>>;
  deleteRelease(id: number): Promise<Asked<unknown>>;
  upload(id: number, asset: Upload): Promise<Asked<ApiAsset>>;
  deleteAsset(id: number): Promise<Asked<unknown>>;
}

export interface GithubClient extends GithubReads, GithubWrites {}

/** A file to upload: from disk, or from memory. */
export type Upload = Pick<BuiltAsset, 'name'> & {
  readonly mediaType: string;
} & ({ readonly file: string } | { readonly content: Uint8Array });

export function createClient(target: Target, signal: AbortSignal): GithubClient {
  const { owner, repo, repository } = target;
  const connection: Connection = {
    target,
    octokit: createOctokit(target, signal),
    place: { owner, repo },
    about: (what) => ({
      access: target,
      signal,
      code: 'github',
      what: `${what} ${repository}`,
      tokenFrom: `${target.tokenVariables[0]} or the option token`,
      hints: HINTS,
    }),
  };
  return { ...readsOf(connection), ...writesOf(connection) };
}

const HINTS: Readonly<Record<string, string>> = {
  forbidden:
    'The token must be allowed to write the contents of this repository: permissions: contents: write in GitHub Actions, "Contents: Read and write" of a fine-grained token, the scope repo of a classic one. GitHub refuses a token of Actions also for a tag on a commit that changes workflows: push the tag with git instead.',
  'not-found':
    'Check the option repository. GitHub also answers 404 for what the token may not see.',
};

interface Connection {
  readonly target: Target;
  readonly octokit: Octokit;
  readonly place: { readonly owner: string; readonly repo: string };
  readonly about: (what: string) => GithubQuestion;
}

function readsOf({ about, octokit, place }: Connection): GithubReads {
  const { git, repos } = octokit.rest;
  return {
    repository: () => ask(about('read the repository'), () => repos.get(place)),
    hasCommit: (sha) =>
      whether(ask(about(`look for ${sha} in`), () => git.getCommit({ ...place, commit_sha: sha }))),
    tag: (name) => readTag(octokit, about(`read the tag ${name} of`), { ...place, name }),
    releases: () =>
      ask(about('list the releases of'), async () => ({
        data: await octokit.paginate(repos.listReleases, { ...place, per_page: 100 }),
      })),
    published: (tag) =>
      orNone(
        ask(about(`read the release ${tag} of`), () => repos.getReleaseByTag({ ...place, tag })),
      ),
    latest: () =>
      orNone(ask(about('read the latest release of'), () => repos.getLatestRelease(place))),
    release: (id) =>
      orNone(ask(about('read a release of'), () => repos.getRelease({ ...place, release_id: id }))),
    assets: (id) =>
      ask(about('list the assets of a release of'), async () => ({
        data: await octokit.paginate(repos.listReleaseAssets, {
          ...place,
          release_id: id,
          per_page: 100,
        }),
      })),
    download: (id) =>
      ask(about('download an asset of'), async () => {
        const headers = { accept: BYTES };
        const { data } = await repos.getReleaseAsset({ ...place, asset_id: id, headers });
        return { data: new Uint8Array(data as unknown as ArrayBuffer) };
      }),
    notes: (tag, sha) =>
      ask(about(`write the notes of ${tag} of`), async () => {
        const asked = { ...place, tag_name: tag, target_commitish: sha };
        return { data: (await repos.generateReleaseNotes(asked)).data.body };
      }),
  };
}

function writesOf({ about, octokit, place, target }: Connection): GithubWrites {
  const { git, repos } = octokit.rest;
  return {
    createTag: (name, sha) =>
      ask(about(`make the tag ${name} of`), () =>
        git.createRef({ ...place, ref: `refs/tags/${name}`, sha }),
      ),
    createDraft: (tag, fields) =>
      ask(about(`make the release ${tag} of`), () =>
        repos.createRelease({ ...place, ...fields, tag_name: tag, draft: true }),
      ),
    update: (id, fields) =>
      ask(about('publish a release of'), () =>
        repos.updateRelease({ ...place, ...fields, release_id: id }),
      ),
    deleteRelease: (id) =>
      ask(about('delete a draft of'), () => repos.deleteRelease({ ...place, release_id: id })),
    upload: (id, asset) =>
      ask(about(`upload ${asset.name} to a release of`), () => upload(octokit, target, id, asset)),
    deleteAsset: (id) =>
      ask(about('delete an asset of a draft of'), () =>
        repos.deleteReleaseAsset({ ...place, asset_id: id }),
      ),
  };
}

async function whether(asking: Promise<Asked<unknown>>): Promise<Asked<boolean>> {
  const asked = await asking;
  if (asked.failure === undefined) return { value: true };
  return asked.failure.status === 404 ? { value: false } : { failure: asked.failure };
}

/** A tag may name another tag before it names a commit. */
const TAGS_DEEP = 5;

async function readTag(
  { rest: { git } }: Octokit,
  question: GithubQuestion,
  { name, ...place }: { readonly owner: string; readonly repo: string; readonly name: string },
): Promise<Asked<string | undefined>> {
  const ref = await orNone(ask(question, () => git.getRef({ ...place, ref: `tags/${name}` })));
  if (ref.failure !== undefined) return ref;
  let object = ref.value?.object;
  for (let depth = 0; object?.type === 'tag' && depth < TAGS_DEEP; depth += 1) {
    const { sha } = object;
    const tag = await ask(question, () => git.getTag({ ...place, tag_sha: sha }));
    if (tag.failure !== undefined) return tag;
    object = tag.value.object;
  }
  return { value: object?.sha };
}

async function upload(
  { rest: { repos } }: Octokit,
  { owner, repo, uploadsUrl }: Target,
  id: number,
  asset: Upload,
): Promise<{ readonly data: ApiAsset }> {
  const data =
    'file' in asset ? new FileBody(asset.file, (await stat(asset.file)).size) : asset.content;
  return repos.uploadReleaseAsset({
    // Octokit uses github.com's address for this one operation, whatever its `baseUrl` is.
    baseUrl: uploadsUrl,
    owner,
    repo,
    release_id: id,
    name: asset.name,
    headers: { 'content-type': asset.mediaType },
    data: data as unknown as string,
  });
}
