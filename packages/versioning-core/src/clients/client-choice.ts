import type { Coordinate, Ecosystem } from '../publisher/coordinate.ts';
import type { ListedVersion, VersionList } from '../publisher/results.ts';
import { compareVersions, isPrerelease } from './compare-versions.ts';

/** What a client installs if nobody asks for a version. */
export interface ClientChoice {
  /** What people type: `npm install @ameideio/ameide-sdk-ts`. */
  readonly command: string;
  /**
   * As in a coordinate; absent if the client finds nothing, or if that is not known: go then takes a commit of the
   * default branch, as a pseudo-version.
   */
  readonly version?: string;
}

/**
 * Returns what the ecosystem's client installs without a version:
 * - OCI, GitHub: what `latest` names, however many higher versions there are.
 * - npm: the same, unless that version is deprecated or absent (`npmChoice`).
 * - pip: the highest release that is not yanked (PEP 592); a prerelease only if there is no release at all,
 *   not even a yanked one (PEP 440, "Handling of pre-releases"; observed with pip 26).
 * - go: the highest release that is not retracted, else the highest prerelease
 *   (https://go.dev/ref/mod#version-queries, "latest"). Versions with `+incompatible` belong in the list only
 *   where go lists them.
 */
export function clientChoice(
  artifact: Pick<Coordinate, 'ecosystem' | 'name'>,
  { pointers, versions }: Pick<VersionList, 'pointers' | 'versions'>,
): ClientChoice {
  const { ecosystem } = artifact;
  const command = COMMANDS[ecosystem](artifact.name);
  if (ecosystem !== 'pypi' && ecosystem !== 'go') {
    const latest = pointers.find(({ pointer }) => pointer.pointer === 'latest')?.version;
    const chosen = ecosystem === 'npm' ? npmChoice(latest, versions) : latest;
    return chosen === undefined ? { command } : { command, version: chosen };
  }
  const all = versions.filter(({ coordinate }) => isVersion(coordinate));
  const offered = all
    .filter(({ isWithdrawn }) => isWithdrawn !== true)
    .map(({ coordinate }) => coordinate.version)
    .toSorted((a, b) => compareVersions(ecosystem, b, a));
  const isStable = (one: string): boolean => !isPrerelease(ecosystem, one);
  // For pip a yanked release counts here, so that it then finds nothing at all.
  const known = ecosystem === 'pypi' ? all.map(({ coordinate }) => coordinate.version) : offered;
  const version = known.some(isStable) ? offered.find(isStable) : offered[0];
  return version === undefined ? { command } : { command, version };
}

/**
 * `latest` if it is there and not deprecated, even a prerelease; else the highest release that is not deprecated,
 * else the highest release (npm-pick-manifest, lib/index.js). npm also passes over versions whose `engines` do not
 * fit the machine, which no list says.
 */
function npmChoice(
  latest: string | undefined,
  versions: readonly ListedVersion[],
): string | undefined {
  const isLatest = ({ coordinate }: ListedVersion): boolean => coordinate.version === latest;
  if (versions.some((one) => isLatest(one) && one.deprecated === undefined)) return latest;
  const [best] = versions
    .filter(({ coordinate }) => !isPrerelease('npm', coordinate.version))
    .toSorted(
      (a, b) =>
        Number(a.deprecated !== undefined) - Number(b.deprecated !== undefined) ||
        compareVersions('npm', b.coordinate.version, a.coordinate.version),
    );
  return best?.coordinate.version;
}

/** A mirror also has tags for commits, `source-<sha>`. */
function isVersion({ ecosystem, version }: Coordinate): boolean {
  return compareVersions(ecosystem, version, '') > 0;
}

const COMMANDS: Readonly<Record<Ecosystem, (name: string) => string>> = {
  npm: (name) => `npm install ${name}`,
  pypi: (name) => `pip install ${name}`,
  go: (name) => `go get ${name}`,
  oci: (name) => `docker pull ${name}`,
  github: (name) => `https://github.com/${name}/releases/latest`,
};
