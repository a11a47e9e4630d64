import { sha1Document, storedAt, tarballPath } from './npm-packages.ts';
import {
  type NpmRules,
  type Packument,
  type RunningNpmStandIn,
  startNpmStandIn,
} from './npm-stand-in.ts';

export interface ArtifactoryNpmOptions {
  /** The address of the registry behind the remote repository, whose packages are shown as well. */
  readonly remote?: string;
}

/**
 * A stand-in for a virtual npm repository of JFrog Artifactory: one local repository, where
 * uploads go, and one remote.
 *
 * From JFrog's page "npm Registry": the address `/artifactory/api/npm/<repository>`, one address for
 * upload and download, packages of all its repositories under it, metadata computed by Artifactory.
 * From public reports: 403 for a version that is there (jfrog/jfrog-cli#2212); a version has SHA-1
 * and no `integrity` (browserslist/browserslist#592, nodejs/corepack#537), its tarball is at
 * `/<name>/-/<file>` of the repository (the same); no page of the dist-tags of a virtual
 * repository (lerna/lerna#722).
 *
 * Not known from documents, and taken in the form that asks most of a client: no page of one
 * version, no `gitHead`, no `npm deprecate`; reads need a token, as where anonymous access is off. Not
 * known either, and chosen: `/-/whoami` exists; dist-tags can be set and removed; of versions and
 * dist-tags that both repositories have, the local one's are shown.
 */
export async function startArtifactoryNpm(
  options: ArtifactoryNpmOptions = {},
): Promise<RunningNpmStandIn> {
  return startNpmStandIn('artifactory-npm', rulesOf(options));
}

function rulesOf({ remote }: ArtifactoryNpmOptions): NpmRules {
  return {
    path: '/artifactory/api/npm/npm-virtual',
    isPrivate: true,
    versionStatus: () => 404,
    takenStatus: 403,
    hidesTags: true,
    user: 'deployer',
    merged: async (name, base) =>
      remote === undefined ? undefined : readRemote(remote, name, base),
    tags: ({ tags }) => Object.fromEntries(tags),
    document: sha1Document,
    async tarball(path, packages, response) {
      const found = storedAt(packages, path);
      if (found !== undefined) response.writeHead(200).end(found.tarball);
      if (found !== undefined || remote === undefined || !path.includes('/-/'))
        return found !== undefined;
      const cached = await fetch(`${remote}/${path}`);
      response.writeHead(cached.status).end(await cached.bytes());
      return true;
    },
  };
}

/** The remote's packument as Artifactory shows it: its tarballs are under Artifactory's address. */
async function readRemote(
  remote: string,
  name: string,
  base: string,
): Promise<Packument | undefined> {
  const response = await fetch(`${remote}/${name.replace('/', '%2f')}`);
  if (!response.ok) return undefined;
  const packument = (await response.json()) as Packument;
  const versions = Object.entries(packument.versions).map(([version, shown]) => {
    const { dist, ...rest } = shown as { readonly dist: { readonly shasum: string } };
    const tarball = `${base}/${tarballPath(name, version)}`;
    return [version, { ...rest, gitHead: undefined, dist: { shasum: dist.shasum, tarball } }];
  });
  return { ...packument, versions: Object.fromEntries(versions) };
}
