import { delimiter, join, relative } from 'node:path';
import { type Release, unixSeconds } from '@ameide/versioning-core';

/**
 * The times that a zip file can hold (APPNOTE.TXT, 4.4.6): 1980-01-01T00:00:00Z to
 * 2107-12-31T23:59:58Z.
 */
const FIRST_IN_ZIP = 315_532_800;
const LAST_IN_ZIP = 4_354_819_198;

/** The names of what `buildEnvironment` returns. */
export const BUILD_VARIABLES = [
  'AMEIDE_SHA',
  'AMEIDE_SHORT_SHA',
  'AMEIDE_BASE_VERSION',
  'AMEIDE_DATETIME',
  'AMEIDE_CHANNEL',
  'AMEIDE_NPM_VERSION',
  'AMEIDE_PYPI_VERSION',
  'AMEIDE_GO_VERSION',
  'SOURCE_DATE_EPOCH',
] as const;

export type BuildVariable = (typeof BUILD_VARIABLES)[number];

/**
 * Returns the variables for every program that a release starts for a build: the tuple, its
 * versions, and the commit's time for tools that write one
 * (https://reproducible-builds.org/specs/source-date-epoch/).
 */
export function buildEnvironment(
  release: Pick<Release, 'canonical' | 'channel' | 'versions'>,
): Readonly<Record<BuildVariable, string>> {
  const { canonical, channel, versions } = release;
  return {
    AMEIDE_SHA: canonical.sha,
    AMEIDE_SHORT_SHA: canonical.shortSha,
    AMEIDE_BASE_VERSION: canonical.base,
    AMEIDE_DATETIME: canonical.datetime,
    AMEIDE_CHANNEL: channel.kind,
    AMEIDE_NPM_VERSION: versions.npm.version,
    AMEIDE_PYPI_VERSION: versions.pypi.version,
    AMEIDE_GO_VERSION: versions.go.version,
    SOURCE_DATE_EPOCH: String(sourceDateEpoch(unixSeconds(canonical.datetime))),
  };
}

/** Moves a time, Unix seconds, into the range of a zip file, because wheels are zip files. */
export function sourceDateEpoch(seconds: number): number {
  return Math.min(Math.max(seconds, FIRST_IN_ZIP), LAST_IN_ZIP);
}

/**
 * Returns PATH for programs that run in a checkout; nothing where it needs no change. `pnpm exec`
 * and `npx` put `node_modules/.bin` of the user's working tree first. A build must find there what
 * `prepare` installed in the checkout. `root` is the working tree's folder.
 */
export function pathInCheckout(
  root: string,
  checkout: string,
  path: string = process.env['PATH'] ?? '',
): { readonly PATH?: string } {
  const isOfTree = (folder: string): boolean =>
    folder.startsWith(`${root}/`) && /\/node_modules\/\.bin\/?$/.test(folder);
  const folders = path.split(delimiter);
  if (!folders.some(isOfTree)) return {};
  const moved = folders.map((folder) =>
    isOfTree(folder) ? join(checkout, relative(root, folder)) : folder,
  );
  return { PATH: moved.join(delimiter) };
}
