import { InvalidInputError, parseNpmName, type SourceTree } from '@ameide/versioning-core';
import semver from 'semver';
import { parseRegistry, type Registry } from '../options.ts';
import { isObject, type JsonObject, parseManifestJson } from './json.ts';

/** A package.json at the commit that can be published as it stands. */
export interface SourceManifest {
  readonly name: string;
  /** `packages/sdk/package.json`. */
  readonly path: string;
  readonly json: JsonObject;
}

/**
 * Reads and judges `<directory>/package.json`. Throws `InvalidInputError` with one of the codes
 * `npm-manifest`, `npm-name`, `npm-private`, `npm-registry-mismatch`, `npm-unsupported`, each
 * naming the field and what to do.
 */
export async function readManifest(
  source: SourceTree,
  directory: string,
  registry: Registry,
): Promise<SourceManifest> {
  const path = directory === '' ? 'package.json' : `${directory}/package.json`;
  const text = await source.readText(path);
  if (text === undefined) {
    throw refuse(
      path,
      'a file of the commit',
      'npm-manifest',
      'Commit it, or correct the option directory.',
    );
  }
  const json = parseManifestJson(text, path);
  const name = parseNpmName(json['name'], `${path}: name`, 'npm-name');
  if (json['private'] === true) {
    throw refuse(
      `${path}: private`,
      'a package that may be published',
      'npm-private',
      'Remove "private": true, or leave the package out.',
    );
  }
  refuseShapes(json, path);
  refuseUnsupported(json, path);
  refuseOtherRegistry(json, path, registry);
  return { name, path, json };
}

const OBJECTS = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'scripts',
  'publishConfig',
] as const;

function refuseShapes(json: JsonObject, path: string): void {
  for (const field of OBJECTS) {
    const value = json[field];
    if (value === undefined) continue;
    if (!isObject(value)) throw refuse(`${path}: ${field}`, 'an object', 'npm-manifest');
    if (field === 'publishConfig') continue;
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string')
        throw refuse(`${path}: ${field}.${key}`, 'text', 'npm-manifest');
    }
  }
  const version = json['version'];
  if (version !== undefined && (typeof version !== 'string' || semver.valid(version) !== version)) {
    throw refuse(`${path}: version`, 'a SemVer version, for example 0.1.0', 'npm-manifest');
  }
}

/**
 * Fields that ask for something this publisher does not do: better said before anything is
 * published than passed over.
 */
function refuseUnsupported(json: JsonObject, path: string): void {
  const config = isObject(json['publishConfig']) ? json['publishConfig'] : {};
  const directories = isObject(json['directories']) ? json['directories'] : {};
  const asks: readonly (readonly [string, boolean, string])[] = [
    [
      'bundleDependencies',
      bundles(json),
      'Bundled dependencies are not packed: depend on them, or bundle them with the build.',
    ],
    [
      'directories.bin',
      directories['bin'] !== undefined && json['bin'] === undefined && config['bin'] === undefined,
      'It is not expanded: name each command in bin.',
    ],
    [
      'directories.man',
      directories['man'] !== undefined && json['man'] === undefined,
      'It is not expanded: name each page in man.',
    ],
    [
      'packageExtensions',
      json['packageExtensions'] !== undefined,
      'npm refuses to publish it: move it to the root of the repository.',
    ],
    [
      'tag',
      json['tag'] !== undefined,
      'It would move a dist-tag before the release is verified: use the option distTags.',
    ],
    [
      'publishConfig.tag',
      config['tag'] !== undefined,
      'The channel decides: use the option distTags.',
    ],
    [
      'publishConfig.name',
      config['name'] !== undefined && config['name'] !== json['name'],
      'Give the package the name it is published under.',
    ],
    [
      'publishConfig.directory',
      config['directory'] !== undefined,
      'Name that folder in the option directory, or list it in files.',
    ],
    [
      'publishConfig.provenance',
      config['provenance'] === true,
      'Provenance is not made yet: remove the field.',
    ],
  ];
  for (const [field, present, hint] of asks) {
    if (present)
      throw refuse(`${path}: ${field}`, 'a manifest without it', 'npm-unsupported', hint);
  }
}

function bundles(json: JsonObject): boolean {
  return ['bundleDependencies', 'bundledDependencies'].some((field) => {
    const value = json[field];
    return Array.isArray(value) ? value.length > 0 : value === true;
  });
}

/**
 * A package that says where it belongs must not go elsewhere: that would also send the token of one
 * registry's owner there.
 */
function refuseOtherRegistry(json: JsonObject, path: string, registry: Registry): void {
  const config = isObject(json['publishConfig']) ? json['publishConfig'] : {};
  for (const [key, value] of Object.entries(config)) {
    if (key !== 'registry' && !key.endsWith(':registry')) continue;
    const field = `${path}: publishConfig.${key}`;
    const named = typeof value === 'string' ? parseRegistry(value) : undefined;
    if (named?.url === registry.url) continue;
    throw new InvalidInputError(
      {
        field,
        expected: `the registry this publisher sends to, ${registry.url}`,
        ...(named === undefined ? {} : { received: named.url }),
        hint: 'Make the option registry and publishConfig agree.',
      },
      'npm-registry-mismatch',
    );
  }
}

function refuse(field: string, expected: string, code: string, hint?: string): InvalidInputError {
  return new InvalidInputError({ field, expected, ...(hint === undefined ? {} : { hint }) }, code);
}
