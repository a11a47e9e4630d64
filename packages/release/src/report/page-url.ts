import type { Coordinate, Plan } from '@ameide/versioning-core';

type Where = Pick<Plan, 'registry' | 'readFrom'>;

/** Returns the page for people of an artifact, or of one version of it, where its registry has one. */
export function artifactUrl(
  { ecosystem, name, version }: Omit<Coordinate, 'version'> & { readonly version?: string },
  { readFrom, registry }: Where,
): string | undefined {
  const host = hostOf(readFrom ?? registry);
  if (ecosystem === 'npm' && host === 'registry.npmjs.org')
    return `https://www.npmjs.com/package/${name}${version === undefined ? '' : `/v/${version}`}`;
  if (ecosystem === 'pypi' && (host === 'pypi.org' || host === 'test.pypi.org'))
    return `https://${host}/project/${name}/${version === undefined ? '' : `${version}/`}`;
  // The module proxy serves what is public; `source-<sha>` is a query, which has no page.
  if (
    ecosystem === 'go' &&
    name.startsWith('github.com/') &&
    version?.startsWith('source-') !== true
  )
    return `https://pkg.go.dev/${name}${version === undefined ? '' : `@${version}`}`;
  // ghcr.io redirects to the package's page, which has no address of its own for each tag.
  if (ecosystem === 'oci' && name.startsWith('ghcr.io/')) return `https://${name}`;
  if (ecosystem === 'github')
    return `${registry}/${name}/releases${version === undefined ? '' : `/tag/${version}`}`;
  return undefined;
}

const COMMIT_PATHS: Readonly<Record<string, string>> = {
  'github.com': 'commit',
  'gitlab.com': '-/commit',
  'bitbucket.org': 'commits',
  'codeberg.org': 'commit',
};

/** Returns a commit's page at the source repository, on the hosts whose addresses are known. */
export function commitUrl(repository: string | undefined, sha: string): string | undefined {
  const path = repository === undefined ? undefined : COMMIT_PATHS[hostOf(repository)];
  return path === undefined ? undefined : `${repository}/${path}/${sha}`;
}

function hostOf(address: string): string {
  return URL.parse(address.includes('://') ? address : `https://${address}`)?.host ?? '';
}
