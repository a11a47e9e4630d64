import type { RunningOciRegistry } from './oci-registry/index.ts';

/**
 * Reads what an npm registry has of a package, without any publisher: versions with gitHead and
 * integrity, and dist-tags. Returns undefined if there is no such package.
 */
export async function readPackage(
  registry: string,
  name: string,
): Promise<{ readonly versions: object; readonly tags: object } | undefined> {
  const response = await fetch(`${registry}/${name.replace('/', '%2f')}`);
  if (response.status === 404) return undefined;
  const body = (await response.json()) as {
    versions: Record<string, { gitHead?: string; dist: { integrity: string } }>;
    'dist-tags': object;
  };
  const versions = Object.entries(body.versions).map(([version, { gitHead, dist }]) => [
    version,
    `${gitHead} ${dist.integrity}`,
  ]);
  return { versions: Object.fromEntries(versions), tags: body['dist-tags'] };
}

/** A repository of an OCI registry with all rights, without any publisher. */
export interface OciRepository {
  /** `path` is below `/v2/<name>/`. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Returns every tag and its digest. */
  tags(): Promise<Readonly<Record<string, string>>>;
}

const ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export function ociRepository(
  { url, user, password }: Pick<RunningOciRegistry, 'url' | 'user' | 'password'>,
  name: string,
): OciRepository {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const send: OciRepository['fetch'] = async (path, init = {}) => {
    const headers = new Headers({
      accept: ACCEPT,
      ...(init.headers as Record<string, string> | undefined),
    });
    headers.set('authorization', authorization);
    const first = await fetch(`${url}/v2/${name}/${path}`, { ...init, headers });
    const challenge = first.headers.get('www-authenticate') ?? '';
    const [, realm, service] = /realm="([^"]+\/token)",service="([^"]+)"/.exec(challenge) ?? [];
    if (first.status !== 401 || realm === undefined) return first;
    const scope = `repository:${name}:pull,push`;
    const answer = await fetch(`${realm}?service=${service}&scope=${scope}`, {
      headers: { authorization },
    });
    headers.set('authorization', `Bearer ${((await answer.json()) as { token: string }).token}`);
    return fetch(`${url}/v2/${name}/${path}`, { ...init, headers });
  };
  return {
    fetch: send,
    async tags() {
      const list = await send('tags/list');
      if (list.status === 404) return {};
      const { tags } = (await list.json()) as { tags: readonly string[] | null };
      const digests = (tags ?? []).toSorted().map(async (tag) => {
        const { headers } = await send(`manifests/${tag}`);
        return [tag, headers.get('docker-content-digest') ?? ''] as const;
      });
      return Object.fromEntries(await Promise.all(digests));
    },
  };
}
