import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type Recorded,
  type RecordingProxyOptions,
  type RunningGithub,
  recorded,
  startGithub,
} from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import type { GithubOptions } from '../src/index.ts';

const REPOSITORY = 'ameideio/ameide';

/** A stand-in for GitHub behind a recording proxy. */
export interface GithubWorld extends Recorded<RunningGithub> {
  readonly github: RunningGithub;
  /** The options of a publisher, with the right token and no waiting between attempts. */
  options(more?: Partial<GithubOptions>): GithubOptions;
  /** Tags, releases and assets, past the proxy. */
  snapshot(): Promise<unknown>;
  /** The releases, past the proxy. */
  releases(): Promise<readonly ShownRelease[]>;
  tag(name: string): Promise<string | undefined>;
  latest(): Promise<string | undefined>;
  /** Sends a request past the proxy. Throws for a refusal. */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
}

interface ShownRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly immutable: boolean;
  readonly body: string;
  readonly upload_url: string;
  readonly assets: readonly {
    readonly id: number;
    readonly name: string;
    readonly state: string;
    readonly digest: string | null;
  }[];
}

/**
 * Starts it. The repository has the objects of the git repository in `directory`, as after a push, and
 * no refs.
 */
export async function githubWorld(
  directory: string,
  proxying: RecordingProxyOptions = {},
): Promise<GithubWorld> {
  const world = await recorded(startGithub({ repositories: [REPOSITORY] }), proxying);
  const { proxy, registry: github } = world;
  const alternates = join(github.path(REPOSITORY), 'objects/info/alternates');
  mkdirSync(dirname(alternates), { recursive: true });
  writeFileSync(alternates, `${join(directory, '.git/objects')}\n`);
  const sleep = (): Promise<void> => Promise.resolve();
  const headers = { authorization: `Bearer ${github.token}` };
  const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${github.apiUrl}/repos/${REPOSITORY}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const api: GithubWorld['api'] = async (method, path, body) => {
    const response = await send(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
  const refs = async (): Promise<readonly { ref: string; object: { sha: string } }[]> =>
    (await api('GET', '/git/matching-refs/tags/')) as never;
  const releases = async (): Promise<readonly ShownRelease[]> =>
    (await api('GET', '/releases?per_page=100')) as never;
  return {
    ...world,
    github,
    api,
    releases,
    options: (more = {}) => ({
      repository: REPOSITORY,
      baseUrl: `${proxy.url}/api/v3`,
      token: github.token,
      notes: 'none',
      assets: [
        { file: 'LICENSE', name: 'LICENSE.txt' },
        { folder: 'config', name: 'configuration-{version}.tar.gz' },
      ],
      ...more,
      ports: { http: createHttp({ sleep }), sleep, ...more.ports },
    }),
    tag: async (name) => (await refs()).find(({ ref }) => ref === `refs/tags/${name}`)?.object.sha,
    async latest() {
      const response = await send('GET', '/releases/latest');
      return response.ok ? ((await response.json()) as ShownRelease).tag_name : undefined;
    },
    snapshot: async () => ({
      refs: await refs(),
      releases: await releases(),
    }),
  };
}

/** The files of a commit that the options above take. */
export const FILES: Readonly<Record<string, string>> = {
  LICENSE: 'Apache-2.0\n',
  'config/base.yaml': 'level: info\n',
  'config/env/prod.yaml': 'level: warn\n',
};
