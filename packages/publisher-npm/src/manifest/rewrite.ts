import { isObject, type JsonObject } from './json.ts';
import type { DependencyField, RangeScope } from './range-scope.ts';
import { publishedRange } from './ranges.ts';

/** What a release adds to a manifest. */
export interface Stamp {
  readonly version: string;
  /** 40 hex digits. */
  readonly gitHead: string;
  /** `https://github.com/ameideio/ameide`, without `.git`. */
  readonly repository?: string;
}

const DEPENDENCY_FIELDS: readonly DependencyField[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
];
// pnpm's createExportableManifest leaves these out, and runs none of them here (see the README).
const NOT_PUBLISHED: ReadonlySet<string> = new Set(['pnpm', 'packageManager']);
const PUBLISHING_SCRIPTS: ReadonlySet<string> = new Set([
  'prepublishOnly',
  'prepack',
  'prepare',
  'postpack',
  'publish',
  'postpublish',
]);
// https://pnpm.io/package_json#publishconfig
const OVERRIDES: ReadonlySet<string> = new Set(
  'bin engines type imports main module typings types exports browser esnext es2015 unpkg umd:main os cpu libc typesVersions'.split(
    ' ',
  ),
);

/**
 * The package.json to publish: what `pnpm pack` writes (ranges, `publishConfig` overrides,
 * publishing scripts left out), with the release's version, `gitHead` and, where missing,
 * `repository`. devDependencies stay, resolved, as in pnpm.
 */
export function rewriteManifest(json: JsonObject, stamp: Stamp, scope: RangeScope): JsonObject {
  const kept = Object.entries(json).filter(([key]) => !NOT_PUBLISHED.has(key));
  const manifest: Record<string, JsonObject[string]> = Object.fromEntries(kept);
  for (const field of DEPENDENCY_FIELDS) {
    const ranges = json[field];
    if (!isObject(ranges)) continue;
    manifest[field] = Object.fromEntries(
      Object.entries(ranges).map(([name, range]) => [
        name,
        publishedRange(field, name, typeof range === 'string' ? range : '', scope),
      ]),
    );
  }
  if (isObject(json['scripts'])) {
    manifest['scripts'] = Object.fromEntries(
      Object.entries(json['scripts']).filter(([name]) => !PUBLISHING_SCRIPTS.has(name)),
    );
  }
  overrideByPublishConfig(manifest);
  const directory = scope.directory === '' ? {} : { directory: scope.directory };
  return {
    ...manifest,
    version: stamp.version,
    gitHead: stamp.gitHead,
    ...(manifest['repository'] !== undefined || stamp.repository === undefined
      ? {}
      : { repository: { type: 'git', url: repositoryUrl(stamp.repository), ...directory } }),
  };
}

/** The form npm writes itself, and compares provenance with: `git+https://host/owner/name.git`. */
export function repositoryUrl(https: string): string {
  return `git+${https}.git`;
}

function overrideByPublishConfig(manifest: Record<string, JsonObject[string]>): void {
  const config = manifest['publishConfig'];
  if (!isObject(config)) return;
  for (const [key, value] of Object.entries(config)) {
    if (OVERRIDES.has(key)) manifest[key] = value;
  }
  const rest = Object.entries(config).filter(([key]) => !OVERRIDES.has(key));
  if (rest.length === 0) delete manifest['publishConfig'];
  else manifest['publishConfig'] = Object.fromEntries(rest);
}

/**
 * Whether ranges refer to the workspace, or may do so (`linksPlainRanges`), so that it has to be
 * read.
 */
export function needsWorkspace(json: JsonObject, linksPlainRanges: boolean): boolean {
  return DEPENDENCY_FIELDS.some((field) => {
    const ranges = json[field];
    if (!isObject(ranges)) return false;
    if (linksPlainRanges && field !== 'devDependencies' && Object.keys(ranges).length > 0)
      return true;
    return Object.values(ranges).some(
      (range) => typeof range === 'string' && /workspace:|catalog:/.test(range),
    );
  });
}
