import type { PublishedPackage } from './npm-packages.ts';
import { type NpmRules, type RunningNpmStandIn, startNpmStandIn } from './npm-stand-in.ts';

export interface GitlabNpmOptions {
  /**
   * The address of the registry that GitLab sends clients to for a package that it does not have:
   * npmjs, unless an administrator switches that off.
   */
  readonly forwardTo?: string;
}

/**
 * A stand-in for GitLab's npm registry of one public project.
 *
 * Copied from GitLab's source (`lib/api/concerns/packages/npm_endpoints.rb`,
 * `app/services/packages/npm/generate_metadata_service.rb`, `create_package_service.rb`,
 * `deprecate_package_service.rb`, which a worker runs after the answer): no page
 * of one version and no `/-/whoami`; a version in the packument has SHA-1 alone, no `integrity` and
 * no `gitHead`; `latest` is the highest version until somebody sets it; a taken version is 403; a
 * package that it does not have is forwarded with 302; dist-tags answer 404 then.
 */
export async function startGitlabNpm(options: GitlabNpmOptions = {}): Promise<RunningNpmStandIn> {
  return startNpmStandIn('gitlab-npm', rulesOf(options));
}

/** GenerateMetadataService::PACKAGE_JSON_ALLOWED_FIELDS, and the ranges, which it adds. */
const FIELDS = [
  'deprecated',
  'bin',
  'directories',
  'engines',
  'dependencies',
  'devDependencies',
  'peerDependencies',
  'bundleDependencies',
];

function rulesOf({ forwardTo }: GitlabNpmOptions): NpmRules {
  return {
    path: '/api/v4/projects/1/packages/npm',
    isPrivate: false,
    versionStatus: () => 404,
    takenStatus: 403,
    deprecates: 'later',
    forward: (name) =>
      forwardTo === undefined ? undefined : `${forwardTo}/${name.replace('/', '%2f')}`,
    tags: (found) => ({ latest: highest(found), ...Object.fromEntries(found.tags) }),
    document({ document, sha1 }, base) {
      const { name, version } = document;
      const kept = FIELDS.filter((field) => document[field] !== undefined);
      return {
        ...Object.fromEntries(kept.map((field) => [field, document[field]])),
        name,
        version,
        dist: { shasum: sha1, tarball: `${base}/${name}/-/${name}-${version}.tgz` },
      };
    },
    tarball(path, packages, response) {
      const [, name = '', version = ''] = /^(.+)\/-\/\1-(.+)\.tgz$/.exec(path) ?? [];
      const found = packages.get(name)?.versions.get(version);
      if (found !== undefined) response.writeHead(200).end(found.tarball);
      return found !== undefined;
    },
  };
}

/** The order of natural numbers is enough for the versions of tests. */
function highest({ versions }: PublishedPackage): string {
  const order = new Intl.Collator('en', { numeric: true });
  return [...versions.keys()].toSorted(order.compare).at(-1) ?? '';
}
