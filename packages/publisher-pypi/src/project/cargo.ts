import { posix } from 'node:path';
import { inParallel } from '@ameide/publisher-kit';
import { setTomlValues, type TomlValue } from '@ameide/source-files/toml';
import type { SourceTree } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';
import { type Table, tableAt, tableOf } from './toml.ts';

/** Returns the name of a Cargo.toml's package; undefined if it has none, or no version. */
export function crateOf(text: string | undefined): string | undefined {
  const { name, version } = tableAt(text === undefined ? {} : tableIn(text), 'package');
  return typeof name === 'string' && version !== undefined ? name : undefined;
}

function tableIn(text: string): Table {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) return {};
    throw error;
  }
}

/**
 * Finds the committed Cargo.lock of a manifest: beside it, or at the root of its workspace above.
 */
export async function lockFileOf(
  source: SourceTree,
  manifest: string,
): Promise<string | undefined> {
  for (let folder = posix.dirname(manifest); ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, 'Cargo.lock');
    if ((await source.readText(path)) !== undefined) return path;
    if (folder === '.') return undefined;
  }
}

/**
 * Writes `[package] version`, for this package alone if it has its workspace's. Returns undefined
 * if there is no place for it.
 */
export function stampCargoToml(text: string, version: string): string | undefined {
  return stamped(text, [{ path: ['package', 'version'], value: cargoVersion(version) }]);
}

/** A crate as a manifest names it. */
export interface RequiredCrate {
  readonly name: string;
  /** Relative to the manifest's folder. */
  readonly folder: string;
}

/** A manifest that requires a crate by its folder and by a version. */
export interface RequiringManifest {
  /** Relative to the project's folder. */
  readonly path: string;
  readonly crate: RequiredCrate;
}

/**
 * Finds the Cargo.toml files of the commit that require a crate by path and version. cargo refuses a
 * workspace in which one of them requires another version than the stamped one. `directory` is the
 * project's, and `manifest` the crate's, relative to the repository root.
 */
export async function manifestsThatRequire(
  source: SourceTree,
  directory: string,
  crate: { readonly name: string; readonly manifest: string },
): Promise<readonly RequiringManifest[]> {
  const listed = (await source.list('')).map(({ path }) => path);
  const manifests = listed.filter((path) => posix.basename(path) === 'Cargo.toml');
  const found = await inParallel(manifests, async (path) => {
    const folder = posix.relative(posix.dirname(path), posix.dirname(crate.manifest));
    const required = { name: crate.name, folder };
    const text = (await source.readText(path)) ?? '';
    return versionPaths(required, text).length > 0
      ? [{ path: posix.relative(directory, path), crate: required }]
      : [];
  });
  return found.flat();
}

/** Makes a manifest require exactly this version of a crate. */
export function stampRequirements(
  text: string,
  version: string,
  crate: RequiredCrate,
): string | undefined {
  const value = `=${cargoVersion(version)}`;
  return stamped(
    text,
    versionPaths(crate, text).map((path) => ({ path, value })),
  );
}

/** The places of the required versions: `['workspace', 'dependencies', 'acme', 'version']`. */
function versionPaths(crate: RequiredCrate, text: string): readonly (readonly string[])[] {
  if (!text.includes(crate.name)) return [];
  const root = tableIn(text);
  const targets = Object.keys(tableAt(root, 'target')).map((name) => ['target', name]);
  const tables = [[], ['workspace'], ...targets].flatMap((above) =>
    ['dependencies', 'dev-dependencies', 'build-dependencies'].map((kind) => [...above, kind]),
  );
  return tables.flatMap((table) =>
    Object.entries(tableAt(root, ...table))
      .filter(([key, value]) => isRequirementOf(crate, key, tableOf(value)))
      .map(([key]) => [...table, key, 'version']),
  );
}

/** https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html */
function isRequirementOf(crate: RequiredCrate, key: string, requirement: Table): boolean {
  const { package: name = key, path, version } = requirement;
  if (name !== crate.name || typeof version !== 'string' || typeof path !== 'string') return false;
  return posix.join(path, '.') === posix.join(crate.folder, '.');
}

/** Sets the values. Undefined if there is no place for one. */
function stamped(text: string, values: readonly TomlValue[]): string | undefined {
  class Unstampable extends Error {}
  try {
    return setTomlValues(text, values, (expected) => new Unstampable(expected));
  } catch (error) {
    if (error instanceof Unstampable) return undefined;
    throw error;
  }
}

/**
 * Writes the version of a package of the workspace, which has no `source`, into a Cargo.lock:
 * `cargo --locked` refuses another one. Returns the text as it is if the package is not there.
 */
export function stampCargoLock(text: string, crate: string, version: string): string {
  const own = new RegExp(
    `^(name = "${crate}"\\r?\\nversion = )"[^"\\n]*"(?!\\r?\\nsource = )`,
    'm',
  );
  return text.replace(own, (_all, before: string) => `${before}"${cargoVersion(version)}"`);
}

/**
 * Returns the SemVer that maturin turns back into this version, as PEP 440 reads it: `0.1.0rc2` is
 * `0.1.0-rc.2`, `0.1.0.dev3+git.71e210b` is `0.1.0-dev.3+git.71e210b`.
 */
export function cargoVersion(version: string): string {
  return version.replace(/^([\d.]+?)\.?(rc|dev)(\d+)/, '$1-$2.$3');
}
