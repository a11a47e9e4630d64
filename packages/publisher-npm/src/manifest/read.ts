import { join } from 'node:path/posix';
import { isObject, type JsonObject, parseManifestJson } from '@ameide/source-files/json';
import { InvalidInputError, parseNpmName, type SourceTree } from '@ameide/versioning-core';
import semver from 'semver';
import { parseRegistry, type Registry } from './registry.ts';

/** A package.json that can be published. */
export interface SourceManifest {
  readonly name: string;
  /** `packages/sdk/package.json`. */
  readonly path: string;
  readonly json: JsonObject;
}

/** What a package.json must agree with. */
export interface Destination {
  readonly registry: Registry;
  /** True if the package is published with a provenance. */
  readonly provenance: boolean;
}

/**
 * Reads `<directory>/package.json` at the commit. Throws `InvalidInputError` as `parseManifest`
 * does, and if the file does not exist.
 */
export async function readManifest(
  source: SourceTree,
  directory: string,
  to: Destination,
): Promise<SourceManifest> {
  const path = join(directory, 'package.json');
  const text = await source.readText(path);
  if (text !== undefined) return parseManifest(text, path, to);
  for (const other of ['package.json5', 'package.yaml']) {
    if ((await source.readBytes(join(directory, other))) === undefined) continue;
    const hint = `Only pnpm reads ${other}: replace it by a package.json.`;
    throw refuse(path, 'a package.json', 'npm-manifest', hint);
  }
  const hint = 'Commit it, or correct the option directory.';
  throw refuse(path, 'a file of the commit', 'npm-manifest', hint);
}

/**
 * Parses a package.json. Throws `InvalidInputError` with the code `npm-manifest`, `npm-name`,
 * `npm-private`, `npm-registry-mismatch` or `npm-unsupported`, naming the field and what to do.
 */
export function parseManifest(text: string, path: string, to: Destination): SourceManifest {
  const json = parseManifestJson(text, path);
  const name = parseNpmName(json['name'], `${path}: name`, 'npm-name');
  // npm refuses any value that is true in JavaScript, even the string "false".
  if (json['private']) {
    const hint = 'Remove the field "private", or leave the package out of the release.';
    throw refuse(`${path}: private`, 'a package that may be published', 'npm-private', hint);
  }
  refuseShapes(json, path);
  refuseUnsupported(json, path, to);
  refuseOtherRegistry(json, path, to.registry);
  return { name, path, json };
}

/**
 * Returns the folder whose files and package.json are published, relative to the repository root:
 * `publishConfig.directory` (https://pnpm.io/package_json#publishconfigdirectory), or the package's
 * own folder. Throws `InvalidInputError`, code `npm-manifest`, if it is outside the repository.
 */
export function publishedDirectory(json: JsonObject, directory: string, path: string): string {
  const chosen = configOf(json)['directory'];
  if (chosen === undefined || chosen === '') return directory;
  const field = `${path}: publishConfig.directory`;
  if (typeof chosen !== 'string') throw refuse(field, 'a path', 'npm-manifest');
  const published = join(directory, chosen).replace(/\/$/, '');
  if (chosen.startsWith('/') || /^\.\.(?:\/|$)/.test(published))
    throw refuse(field, 'a folder of this repository', 'npm-manifest');
  return published === '.' ? '' : published;
}

export function configOf(json: JsonObject): JsonObject {
  return isObject(json['publishConfig']) ? json['publishConfig'] : {};
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
  const { files, version } = json;
  if (
    files !== undefined &&
    !(Array.isArray(files) && files.every((one) => typeof one === 'string'))
  )
    throw refuse(`${path}: files`, 'a list of paths and patterns', 'npm-manifest');
  if (version !== undefined && (typeof version !== 'string' || semver.valid(version) !== version)) {
    throw refuse(`${path}: version`, 'a SemVer version, for example 0.1.0', 'npm-manifest');
  }
}

/**
 * Refuses fields that ask for something that this publisher does not do, instead of ignoring them.
 */
function refuseUnsupported(json: JsonObject, path: string, { provenance }: Destination): void {
  const config = configOf(json);
  const asks: readonly (readonly [string, boolean, string])[] = [
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
      'publishConfig.provenance',
      config['provenance'] === true && !provenance,
      'Set the option provenance to true, or remove the field.',
    ],
  ];
  for (const [field, present, hint] of asks) {
    if (present)
      throw refuse(`${path}: ${field}`, 'a manifest without it', 'npm-unsupported', hint);
  }
}

/**
 * Refuses a package whose publishConfig names another registry: it must not go to this one, nor
 * with this one's token to the other.
 */
function refuseOtherRegistry(json: JsonObject, path: string, registry: Registry): void {
  for (const [key, value] of Object.entries(configOf(json))) {
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
