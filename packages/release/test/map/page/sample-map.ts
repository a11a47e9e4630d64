import { createHash } from 'node:crypto';
import type {
  MapArtifact,
  MapCell,
  MapRow,
  MapVersion,
  ReleaseMap,
} from '../../../src/map/release-map.ts';

/** What a sample commit is: a release with its version, a hotfix of one artifact, or a dev build. */
interface Build {
  readonly subject: string;
  readonly version?: string;
  /** The publisher of the one artifact that a hotfix releases. */
  readonly only?: string;
  readonly base: string;
}

const REPOSITORY = 'https://github.com/ameideio/ameide';
const NPM = 'npm:@ameideio/ameide-sdk-ts';
const PYPI = 'pypi:ameide-sdk';
const GO = 'go:github.com/ameideio/ameide-sdk-go';
const OCI = 'oci:ghcr.io/ameideio/ameide-sdk-ts';
const CONFIGURATION = 'npm:@ameideio/configuration';
const FIRST = Date.UTC(2026, 8, 1, 8, 12, 40);

const SUBJECTS = [
  'Retry a call once when the token has expired',
  'Stream large responses instead of buffering them',
  'Type the errors of every service',
  'Read the endpoint from the environment',
  'Close idle connections after a minute',
  'Document pagination with an example that runs',
  'Keep the order of repeated headers',
  'Configuration: the staging cluster moves to eu-central',
  'Give each request an id and log it',
  'Drop support for Python 3.9',
  'Fix a leak when a stream is cancelled early',
  'Accept dates with a fraction of a second',
  'Regenerate the clients from the new schema',
  'Cancel what is in flight when the client closes',
];

/**
 * A map as a repository like the example's has after some weeks: ten releases, three hotfixes of one
 * artifact each, forty dev builds, and one candidate. Invented, and the same every time.
 */
export function sampleMap(): ReleaseMap {
  const builds = sampleBuilds();
  const rows = builds.map((build, place) => sampleRow(build, place, builds)).toReversed();
  const artifacts = ARTIFACTS.map((artifact) => ({
    ...artifact,
    listed: rows
      .flatMap(({ cells }) => cells)
      .filter(({ publisher, versions }) => publisher === artifact.publisher && versions.length > 0)
      .length,
    pointers: pointersOf(artifact.publisher, rows),
  }));
  return {
    schema: 'ameide-release/map/1',
    status: 'converged',
    exitCode: 0,
    repository: REPOSITORY,
    head: rows[0]?.sha ?? '',
    artifacts,
    rows,
    problems: [],
    notes: [],
  };
}

const ARTIFACTS: readonly Omit<MapArtifact, 'listed' | 'pointers'>[] = [
  {
    publisher: NPM,
    ecosystem: 'npm',
    name: '@ameideio/ameide-sdk-ts',
    registry: 'https://registry.npmjs.org',
    url: 'https://www.npmjs.com/package/@ameideio/ameide-sdk-ts',
  },
  {
    publisher: PYPI,
    ecosystem: 'pypi',
    name: 'ameide-sdk',
    registry: 'https://upload.pypi.org/legacy/',
    url: 'https://pypi.org/project/ameide-sdk/',
  },
  {
    publisher: GO,
    ecosystem: 'go',
    name: 'github.com/ameideio/ameide-sdk-go',
    registry: 'https://github.com/ameideio/ameide-sdk-go.git',
    url: 'https://pkg.go.dev/github.com/ameideio/ameide-sdk-go',
  },
  {
    publisher: OCI,
    ecosystem: 'oci',
    name: 'ghcr.io/ameideio/ameide-sdk-ts',
    registry: 'https://ghcr.io',
    url: 'https://github.com/orgs/ameideio/packages/container/package/ameide-sdk-ts',
  },
  {
    publisher: CONFIGURATION,
    ecosystem: 'npm',
    name: '@ameideio/configuration',
    registry: 'https://registry.npmjs.org',
    url: 'https://www.npmjs.com/package/@ameideio/configuration',
  },
];

function sampleBuilds(): Build[] {
  const builds: Build[] = [];
  const hotfixes: Readonly<Record<number, readonly [string, string, string]>> = {
    3: ['0.3.1', PYPI, 'Hotfix: the wheel lacked its type stubs'],
    6: ['0.6.1', NPM, 'Hotfix: do not read window in a worker'],
    8: ['0.8.1', GO, 'Hotfix: close the body of a refused request'],
  };
  for (let minor = 1; minor <= 10; minor++) {
    const last = minor === 1 ? '0.1.0' : `0.${minor - 1}.${hotfixes[minor - 1] ? 2 : 1}`;
    for (let dev = 0; dev < 4; dev++)
      builds.push({ subject: SUBJECTS[(minor * 5 + dev * 3) % SUBJECTS.length] ?? '', base: last });
    if (minor === 10)
      builds.push({ subject: 'Candidate of 0.10.0', version: '0.10.0-rc.1', base: '0.10.0' });
    builds.push({ subject: `Release 0.${minor}.0`, version: `0.${minor}.0`, base: `0.${minor}.0` });
    const hotfix = hotfixes[minor];
    if (hotfix !== undefined)
      builds.push({ subject: hotfix[2], version: hotfix[0], only: hotfix[1], base: hotfix[0] });
  }
  // The last release is not the newest commit.
  const [dev] = builds.splice(-4, 1);
  return [...builds, ...(dev === undefined ? [] : [{ ...dev, base: '0.10.1' }])];
}

function sampleRow(build: Build, place: number, builds: readonly Build[]): MapRow {
  const sha = hex('sha1', `commit ${place}`);
  const datetime = new Date(FIRST + place * 37 * 3_600_000 + ((place * 7919) % 86_400) * 250);
  const channel =
    build.version === undefined ? 'dev' : build.version.includes('rc') ? 'candidate' : 'release';
  return {
    sha,
    datetime: datetime
      .toISOString()
      .replace('.000', '')
      .replace(/\.\d+Z/, 'Z'),
    subject: build.subject,
    url: `${REPOSITORY}/commit/${sha}`,
    channel,
    tags: build.version === undefined ? [] : [`v${build.version}`],
    cells: ARTIFACTS.map(({ publisher }) =>
      sampleCell(publisher, build, place, builds, sha, stamp(datetime)),
    ),
  };
}

function sampleCell(
  publisher: string,
  build: Build,
  place: number,
  builds: readonly Build[],
  sha: string,
  time: string,
): MapCell {
  if (build.only !== undefined && build.only !== publisher) {
    const before = builds
      .slice(0, place)
      .findLast(({ version, only }) => version !== undefined && (only ?? publisher) === publisher);
    return {
      publisher,
      versions: [],
      current: versionText(publisher, before?.version ?? '', sha, time),
    };
  }
  const later = builds
    .slice(place + 1)
    .filter(({ only }) => only === undefined || only === publisher);
  const isLatest =
    build.version !== undefined &&
    !build.version.includes('rc') &&
    !later.some(({ version }) => version !== undefined);
  const isDev = build.version === undefined && !later.some(({ version }) => version === undefined);
  const isLine =
    build.version !== undefined &&
    !build.version.includes('rc') &&
    !later.some(({ version }) => version?.split('.')[1] === build.version?.split('.')[1]);
  const line = build.version?.split('.').slice(0, 2).join('.') ?? '';
  const pointers = [
    ...(isLatest && publisher !== PYPI ? ['latest'] : []),
    ...(isLine && publisher === OCI ? [line] : []),
    ...(isDev && publisher !== PYPI ? ['dev'] : []),
    ...(build.version?.includes('rc') && publisher.startsWith('npm') ? ['next'] : []),
  ];
  const text = versionText(
    publisher,
    build.version ?? build.base,
    sha,
    time,
    build.version === undefined,
  );
  return { publisher, versions: [sampleVersion(publisher, text, pointers)] };
}

function versionText(
  publisher: string,
  base: string,
  sha: string,
  time: string,
  isDev = false,
): string {
  if (publisher === PYPI) return isDev ? `${base}.dev${time}` : base.replace('-rc.', 'rc');
  if (publisher === GO) return isDev ? `v${base}-0.${time}-${sha.slice(0, 12)}` : `v${base}`;
  if (publisher === OCI && isDev) return sha;
  return isDev ? `${base}-dev.${time}` : base;
}

function sampleVersion(
  publisher: string,
  version: string,
  pointers: readonly string[],
): MapVersion {
  const separator = publisher === PYPI ? '==' : publisher === OCI ? ':' : '@';
  const coordinate = `${publisher}${separator}${version}`;
  const url = ARTIFACTS.find((one) => one.publisher === publisher)?.url;
  const deprecated = coordinate === `${NPM}@0.6.0` ? 'Breaks in workers: use 0.6.1' : undefined;
  return {
    coordinate,
    version,
    state: 'published',
    digest:
      publisher === GO
        ? `h1:${hash('sha256', coordinate, 'base64')}`
        : publisher.startsWith('npm')
          ? `sha512-${hash('sha512', coordinate, 'base64')}`
          : `sha256:${hex('sha256', coordinate)}`,
    pointers,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(url === undefined
      ? {}
      : { url: publisher === OCI ? url : versionUrl(publisher, url, version) }),
  };
}

function versionUrl(publisher: string, url: string, version: string): string {
  if (publisher === PYPI) return `${url}${version}/`;
  return publisher === GO ? `${url}@${version}` : `${url}/v/${version}`;
}

function pointersOf(publisher: string, rows: readonly MapRow[]): MapArtifact['pointers'] {
  return rows.flatMap(({ sha, cells }) =>
    cells
      .filter((cell) => cell.publisher === publisher)
      .flatMap(({ versions }) => versions)
      .flatMap(({ version, pointers }) =>
        pointers.map((pointer) => ({ pointer, version, ...(sha === undefined ? {} : { sha }) })),
      ),
  );
}

function stamp(datetime: Date): string {
  return datetime.toISOString().replaceAll(/\D/g, '').slice(0, 14);
}

function hash(algorithm: string, text: string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(text).digest(encoding);
}

function hex(algorithm: string, text: string): string {
  return hash(algorithm, text, 'hex');
}
