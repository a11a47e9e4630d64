import { createServer } from 'node:http';
import { close, listenOnLoopback } from '../running.ts';
import { type NpmRules, type RunningNpmStandIn, startNpmStandIn } from './npm-stand-in.ts';

/**
 * A stand-in for GitHub Packages (npm.pkg.github.com) of one owner.
 *
 * From GitHub's page "Working with the npm registry": reading needs a token, too; only scoped
 * packages in lower case, whose scope is the owner. From public reports: 405 for
 * `GET /<name>/<version>` (dependabot/dependabot-core#9641, esm-dev/esm.sh#821), `/-/whoami` is
 * there (semantic-release/npm#283), tarballs are at `/download/<name>/<version>/<sha1>` (lockfiles).
 *
 * Not known from documents, and taken in the form that asks most of a client: the packument keeps
 * no `gitHead`; tarballs are on another host, which refuses a request with credentials, as storage
 * services do; the statuses of refusals; `npm deprecate` is refused.
 */
export async function startGithubPackages(owner = 'x'): Promise<RunningNpmStandIn> {
  const files = new Map<string, Buffer>();
  const storage = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    const status = request.headers.authorization !== undefined ? 400 : file ? 200 : 404;
    response.writeHead(status).end(status === 200 ? file : undefined);
  });
  // Another host's name: clients keep credentials by name, and some of them by name alone.
  const storageUrl = (await listenOnLoopback(storage)).replace('127.0.0.1', 'localhost');
  const server = await startNpmStandIn('github-packages', rulesOf(owner, files, storageUrl));
  const stop = async (): Promise<void> => {
    await close(storage);
    await server.stop();
  };
  return { ...server, stop, [Symbol.asyncDispose]: stop };
}

function rulesOf(owner: string, files: Map<string, Buffer>, storageUrl: string): NpmRules {
  return {
    path: '',
    isPrivate: true,
    versionStatus: () => 405,
    takenStatus: 409,
    user: owner,
    refuse: (name) =>
      name.startsWith(`@${owner}/`) && name === name.toLowerCase()
        ? undefined
        : `the scope must be @${owner}`,
    tags: ({ tags }) => Object.fromEntries(tags),
    document({ document, sha1 }, base) {
      const { name, version } = document;
      const { integrity } = document.dist;
      const tarball = `${base}/download/${name}/${version}/${sha1}`;
      return { ...document, gitHead: undefined, dist: { integrity, shasum: sha1, tarball } };
    },
    tarball(path, packages, response) {
      const [, name = '', version = ''] = /^download\/(@[^/]+\/[^/]+)\/([^/]+)\//.exec(path) ?? [];
      const found = packages.get(name)?.versions.get(version);
      if (found === undefined) return false;
      files.set(`/${found.sha1}.tgz`, found.tarball);
      response.writeHead(302, { location: `${storageUrl}/${found.sha1}.tgz` }).end();
      return true;
    },
  };
}
