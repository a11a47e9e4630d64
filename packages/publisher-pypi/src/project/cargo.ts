import { posix } from 'node:path';
import type { SourceTree } from '@ameide/versioning-core';
import { parse, TomlError } from 'smol-toml';
import { type Table, tableAt } from './toml.ts';
import { setTomlValues } from './toml-edit.ts';

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
  class Unstampable extends Error {}
  const value = { path: ['package', 'version'], value: cargoVersion(version) };
  try {
    return setTomlValues(text, [value], (expected) => new Unstampable(expected));
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
