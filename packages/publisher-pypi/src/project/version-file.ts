import { posix } from 'node:path';
import { stampSetupProgram } from '@ameide/source-files/setuptools';
import { InvalidInputError, type SourceTree } from '@ameide/versioning-core';
import {
  crateOf,
  lockFileOf,
  manifestsThatRequire,
  type RequiringManifest,
  stampCargoLock,
  stampCargoToml,
  stampRequirements,
} from './cargo.ts';
import { stampPattern } from './python-pattern.ts';
import { HATCH_NAMES, type VersionSource } from './version-source.ts';

/** Where the build gets the version from, with the files of one commit. Paths as in the source. */
export type FoundVersionSource =
  | Exclude<VersionSource, { readonly kind: 'file' | 'Cargo.toml' }>
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly name?: string;
      /** As in `VersionSource`. */
      readonly pattern?: string;
    }
  | {
      readonly kind: 'Cargo.toml';
      readonly path: string;
      /** The name of its package. */
      readonly crate: string;
      /** The Cargo.lock that repeats the version, if it is committed. */
      readonly lock?: string;
      /** Manifests that require the version. */
      readonly requiredBy: readonly RequiringManifest[];
    };

/** A file that a release writes into. */
export interface StampedFile {
  /** Relative to the project's folder. */
  readonly path: string;
  /** Returns the text with the version in it; undefined if the text has no place for one. */
  readonly stamp: (text: string, version: string) => string | undefined;
}

/** Returns the files with the version, besides pyproject.toml and setup.cfg. */
export function versionFiles(source: FoundVersionSource): readonly StampedFile[] {
  if (source.kind === 'setup.py') return [{ path: 'setup.py', stamp: stampSetupProgram }];
  if (source.kind === 'meson.build') return [{ path: 'meson.build', stamp: stampMesonBuild }];
  if (source.kind === 'Cargo.toml') {
    const { crate, lock, path, requiredBy } = source;
    const stampLock = (text: string, version: string) => stampCargoLock(text, crate, version);
    const locks = lock === undefined ? [] : [{ path: lock, stamp: stampLock }];
    const others = requiredBy.map((one) => ({
      path: one.path,
      stamp: (text: string, version: string) => stampRequirements(text, version, one.crate),
    }));
    return [{ path, stamp: stampCargoToml }, ...others, ...locks];
  }
  if (source.kind !== 'file') return [];
  const { name, path, pattern } = source;
  if (pattern !== undefined)
    return [{ path, stamp: (text, version) => stampPattern(text, version, pattern) }];
  if (name === undefined) return [{ path, stamp: (_text, version) => `${version}\n` }];
  return [{ path, stamp: (text, version) => stampAssignment(text, version, name) }];
}

/**
 * Finds the file of the commit that the build reads the version from. Throws `InvalidInputError`,
 * code `pypi-dynamic-version`, if it is not there or has no place for a version.
 */
export async function findVersionFile(
  source: SourceTree,
  directory: string,
  wanted: VersionSource,
): Promise<FoundVersionSource> {
  const candidates = await candidatesOf(source, directory, wanted);
  for (const found of candidates) {
    const [file] = versionFiles(found);
    if (file === undefined) return found;
    const text = await source.readText(posix.join(directory, file.path));
    if (text !== undefined && file.stamp(text, '0.0.0') !== undefined) return found;
  }
  if (wanted.kind === 'file' && wanted.otherwise !== undefined)
    return findVersionFile(source, directory, wanted.otherwise);
  throw noPlace(wanted, directory);
}

async function candidatesOf(
  source: SourceTree,
  directory: string,
  wanted: VersionSource,
): Promise<readonly FoundVersionSource[]> {
  if (wanted.kind === 'file') {
    const { candidates, kind, name, pattern } = wanted;
    const place = {
      ...(name === undefined ? {} : { name }),
      ...(pattern === undefined ? {} : { pattern }),
    };
    return candidates.map((path) => ({ kind, path, ...place }));
  }
  if (wanted.kind === 'meson.build') {
    const text = await source.readText(posix.join(directory, 'meson.build'));
    const [, path] = MESON_FILE.exec(text ?? '') ?? [];
    return path === undefined ? [wanted] : [{ kind: 'file', path }];
  }
  if (wanted.kind !== 'Cargo.toml') return [wanted];
  const manifest = posix.join(directory, wanted.path);
  const name = crateOf(await source.readText(manifest));
  if (name === undefined) return [];
  const lock = await lockFileOf(source, manifest);
  const repeated = lock === undefined ? {} : { lock: posix.relative(directory, lock) };
  const requiredBy = await manifestsThatRequire(source, directory, { name, manifest });
  return [{ ...wanted, crate: name, requiredBy, ...repeated }];
}

function noPlace(wanted: VersionSource, directory: string): InvalidInputError {
  const { paths, what } = placeOf(wanted);
  return new InvalidInputError(
    {
      field: paths.map((path) => posix.join(directory, path)).join(' or '),
      expected: `a file of the commit with ${what}: the build reads the version there`,
      hint: 'Write it in that form, or write version = "0.0.0" in [project] and remove "version" from dynamic.',
    },
    'pypi-dynamic-version',
  );
}

/** For people: where the version is looked for. */
function placeOf(wanted: VersionSource): {
  readonly paths: readonly string[];
  readonly what: string;
} {
  if (wanted.kind === 'file') {
    const { candidates: paths, name, pattern } = wanted;
    if (pattern !== undefined) return { paths, what: `a version where ${pattern} finds it` };
    return {
      paths,
      what: name === undefined ? 'the version' : `one ${name} = "0.0.0" on a line of its own`,
    };
  }
  return wanted.kind === 'Cargo.toml'
    ? { paths: [wanted.path], what: '[package] with a name and version = "0.0.0"' }
    : { paths: ['meson.build'], what: "project(…, version: '0.0.0')" };
}

/**
 * Stamps the assignment `name = "…"` at the start of a line. Undefined if there are several: one may
 * be in a docstring, where the build does not read it.
 */
function stampAssignment(text: string, version: string, name: string): string | undefined {
  if (name === HATCH_NAMES) return stampFirst(text, version, HATCH_ASSIGNMENT);
  const assignment = `^((?:${name})(?:\\s*:\\s*str)?\\s*=\\s*)(['"])[^'"\\n]+\\2(?=[^\\S\\n]*(?:[;#].*)?$)`;
  const [one, ...others] = text.matchAll(new RegExp(assignment, 'gm'));
  if (one === undefined || others.length > 0) return undefined;
  return stampFirst(text, version, new RegExp(assignment, 'm'));
}

/**
 * Like hatchling's search: takes the first assignment, and allows an annotation and a "v" before the
 * number.
 */
const HATCH_ASSIGNMENT = new RegExp(
  `^((?:${HATCH_NAMES})(?:\\s*:\\s*str)?\\s*=\\s*)(['"])[^'"\\n]*\\2`,
  'im',
);

function stampFirst(text: string, version: string, assignment: RegExp): string | undefined {
  if (!assignment.test(text)) return undefined;
  return text.replace(assignment, (_all, before: string) => `${before}"${version}"`);
}

/** `version: '…'` in the call of `project`, which every meson.build begins with. */
const MESON_VERSION = /^((?:\s|#.*\n)*project\s*\([^()]*?\bversion\s*:\s*)'[^'\n]*'/;

/** `version: files('VERSION')`: the file has the version alone. */
const MESON_FILE = /^(?:\s|#.*\n)*project\s*\([^()]*?\bversion\s*:\s*files\s*\(\s*'([^'\n]+)'\s*\)/;

function stampMesonBuild(text: string, version: string): string | undefined {
  if (!MESON_VERSION.test(text)) return undefined;
  return text.replace(MESON_VERSION, (_all, before: string) => `${before}'${version}'`);
}
