import { isObject, type JsonObject, mapTexts } from '@ameide/source-files/json';
import type { PackageManager } from '@ameide/source-files/npm';
import { bundledNames } from './bundled.ts';
import { DEPENDENCY_FIELDS, type RangeScope } from './range-scope.ts';
import { publishedRange } from './ranges.ts';
import type { PackageStamp } from './stamp.ts';

// pnpm's createExportableManifest leaves these scripts out. This publisher runs none of them (see
// the README).
const PUBLISHING_SCRIPTS: ReadonlySet<string> = new Set([
  'prepublishOnly',
  'prepack',
  'prepare',
  'postpack',
  'publish',
  'postpublish',
]);
// https://pnpm.io/package_json#publishconfig
const PNPM_OVERRIDES: ReadonlySet<string> = new Set(
  'name bin engines type imports main module typings types exports browser esnext es2015 unpkg umd:main os cpu libc typesVersions'.split(
    ' ',
  ),
);
// https://yarnpkg.com/configuration/manifest#publishConfig
const YARN_OVERRIDES: ReadonlySet<string> = new Set(
  'bin type types typings imports main module exports browser'.split(' '),
);

type Draft = Record<string, JsonObject[string]>;

/**
 * Returns the package.json to publish: what the repository's tool packs, with resolved ranges, the
 * release's version, `gitHead` and, if missing, `repository`.
 */
export function rewriteManifest(
  json: JsonObject,
  stamp: PackageStamp,
  scope: RangeScope,
): JsonObject {
  const manifest: Draft = { ...json };
  const bundled = new Set(bundledNames(json));
  for (const field of DEPENDENCY_FIELDS) {
    const ranges = json[field];
    if (isObject(ranges))
      manifest[field] = mapTexts(ranges, (name, range) =>
        // npm installs the copy inside the package and does not look for the folder.
        bundled.has(name) && range.startsWith('file:')
          ? range
          : publishedRange(field, name, range, scope),
      );
  }
  overrideByPublishConfig(manifest, scope.packer);
  if (scope.packer === 'pnpm') completeAsPnpm(manifest, scope.keepsScripts);
  return {
    ...manifest,
    version: stamp.version,
    gitHead: stamp.gitHead,
    ...repositoryField(manifest['repository'], stamp, scope.directory),
  };
}

/** What stays in with pnpm's `skipManifestObfuscation`. */
function removeScripts(manifest: Draft): void {
  delete manifest['packageManager'];
  const { scripts } = manifest;
  if (!isObject(scripts)) return;
  manifest['scripts'] = Object.fromEntries(
    Object.entries(scripts).filter(([name]) => !PUBLISHING_SCRIPTS.has(name)),
  );
}

/**
 * Returns the form that npm itself writes and compares provenance with:
 * `git+https://host/owner/name.git`.
 */
export function repositoryUrl(https: string): string {
  return `git+${https}.git`;
}

/** For npm's site, which reads the field from the version's document. */
function repositoryField(
  written: JsonObject[string],
  { repository }: PackageStamp,
  folder: string,
): JsonObject {
  if (written !== undefined || repository === undefined) return {};
  const directory = folder === '' ? {} : { directory: folder };
  return { repository: { type: 'git', url: repositoryUrl(repository), ...directory } };
}

/** npm and Bun know no overrides, and Yarn leaves publishConfig as it is. */
function overrideByPublishConfig(manifest: Draft, packer: PackageManager): void {
  const config = manifest['publishConfig'];
  if (!isObject(config) || packer === 'npm' || packer === 'bun') return;
  const overrides = packer === 'yarn' ? YARN_OVERRIDES : PNPM_OVERRIDES;
  for (const [key, value] of Object.entries(config)) {
    if (overrides.has(key) && (packer !== 'yarn' || value)) manifest[key] = value;
  }
  if (packer === 'yarn') return;
  const rest = Object.entries(config).filter(([key]) => !overrides.has(key));
  if (rest.length === 0) delete manifest['publishConfig'];
  else manifest['publishConfig'] = Object.fromEntries(rest);
}

/** Does the steps of pnpm's createExportableManifest that follow the ranges and `publishConfig`. */
function completeAsPnpm(manifest: Draft, keepsScripts: boolean): void {
  delete manifest['pnpm'];
  if (!keepsScripts) removeScripts(manifest);
  const { bin, name, peerDependenciesMeta: meta, repository } = manifest;
  if (typeof repository === 'string') manifest['repository'] = { type: 'git', url: repository };
  if (typeof bin === 'string' && typeof name === 'string')
    manifest['bin'] = { [commandName(name)]: bin };
  if (!isObject(meta)) return;
  manifest['peerDependenciesMeta'] = Object.fromEntries(
    Object.entries(meta).map(([peer, value]) => [
      peer,
      isObject(value) ? { ...value, optional: value['optional'] === true } : value,
    ]),
  );
}

/**
 * Returns the command's name for a package whose `bin` is a single path: the package's name without
 * scope.
 */
function commandName(name: string): string {
  return name.replace(/^@[^/]+\//, '');
}
