import { sha1Document, storedAt } from './npm-packages.ts';
import { type NpmRules, type RunningNpmStandIn, startNpmStandIn } from './npm-stand-in.ts';

/**
 * A stand-in for a hosted npm repository of Sonatype Nexus 3.
 *
 * From public reports: `GET /<name>/<version>` is 400 for a scoped package and 404 for another
 * (sonatype/nexus-public#224), `/-/whoami` is 404 (lerna/lerna#1687), a version that is there is 400
 * where the repository does not allow redeploys (npm/npm#13891). From Sonatype's support pages:
 * Nexus 3 knows `npm deprecate`.
 *
 * Not known from documents, and taken in the form that asks most of a client: no `gitHead`, SHA-1
 * alone.
 */
export async function startNexusNpm(): Promise<RunningNpmStandIn> {
  return startNpmStandIn('nexus-npm', RULES);
}

const RULES: NpmRules = {
  path: '/repository/npm-hosted',
  isPrivate: true,
  versionStatus: (name) => (name.startsWith('@') ? 400 : 404),
  takenStatus: 400,
  deprecates: 'at once',
  tags: ({ tags }) => Object.fromEntries(tags),
  document: sha1Document,
  tarball(path, packages, response) {
    const found = storedAt(packages, path);
    if (found !== undefined) response.writeHead(200).end(found.tarball);
    return found !== undefined;
  },
};
