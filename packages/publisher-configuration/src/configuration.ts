import {
  type Bundle,
  type Carrier,
  InvalidInputError,
  type PublisherDefinition,
  parseRepositoryPath,
  received,
  refuseUnknownOptions,
  type SourceTree,
} from '@ameide/versioning-core';
import { createBundle } from './bundle.ts';
import type { Schemas } from './check/schema.ts';
import { readBundle } from './read-bundle.ts';

/** What `configuration` takes. */
export interface ConfigurationOptions {
  /**
   * The directory in the repository: every file below it is part of the bundle, but for git's own
   * (`.gitignore` and the like).
   */
  readonly directory: string;
  /**
   * What carries it: `npm.bundle('@ameideio/configuration')`,
   * `ghcr.bundle('ghcr.io/ameideio/configuration')`. At least one.
   */
  readonly carriers: readonly Carrier[];
  /** Shown in the index and by the carriers. Default: the directory's last part. */
  readonly name?: string;
  readonly description?: string;
  /**
   * JSON Schemas (2020-12 or draft-07) of the bundle, by the file or, with `/` at its end, the
   * folder whose JSON and YAML files are held to them: `{ 'environments/':
   * 'environment.schema.json' }`. All paths are relative to `directory`.
   */
  readonly schemas?: Schemas;
}

const OPTIONS = new Set(['directory', 'carriers', 'name', 'description', 'schemas']);

/**
 * Publishes one directory of configuration, validated and indexed, through each of its carriers:
 * one publisher definition for each, in their order. `defineRelease` takes the list as it is.
 * Throws `InvalidInputError` for a wrong option; `open` throws it, code `configuration-invalid`,
 * for files that are not fit to be published, all of them named.
 */
export function configuration(options: ConfigurationOptions): readonly PublisherDefinition[] {
  const directory = parseDirectory(options.directory);
  const { carriers, schemas = {} } = options;
  refuseUnknownOptions(options, OPTIONS);
  if (!Array.isArray(carriers) || carriers.length === 0) {
    throw new InvalidInputError({
      field: 'carriers',
      expected: 'at least one carrier, for example npm.bundle("@ameideio/configuration")',
    });
  }
  for (const [target, schema] of Object.entries(schemas)) parseSchema(target, schema);
  const name = parseName(options.name ?? directory.slice(directory.lastIndexOf('/') + 1));
  const text = { name, ...parseDescription(options.description) };
  const bundleAt = onceForEach(async (source) =>
    createBundle({ ...text, files: await readBundle(source, directory, schemas) }),
  );
  return carriers.map((carrier) => ({
    label: `configuration(${directory}) by ${carrier.label}`,
    open: async (source) => carrier.open(source, await bundleAt(source, carrier)),
  }));
}

/**
 * All carriers open the same commit: it is read and checked for the first one. That one tells what
 * is wrong, the others refer to it.
 */
function onceForEach(
  make: (source: SourceTree) => Promise<Bundle>,
): (source: SourceTree, carrier: Carrier) => Promise<Bundle> {
  const made = new WeakMap<
    SourceTree,
    { readonly bundle: Promise<Bundle>; readonly first: Carrier }
  >();
  return async (source, carrier) => {
    const { bundle, first } = made.get(source) ?? { bundle: make(source), first: carrier };
    made.set(source, { bundle, first });
    return first === carrier
      ? bundle
      : bundle.catch((error: unknown) => Promise.reject(referringTo(first, error)));
  };
}

function referringTo({ label }: Carrier, error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const { code, field, hint } = error;
  const expected = `files that can be published: what is wrong with them is told of ${label}`;
  return new InvalidInputError({ field, expected, ...(hint === undefined ? {} : { hint }) }, code);
}

function parseDirectory(value: unknown): string {
  const directory = parseRepositoryPath(value);
  if (directory !== '') return directory;
  throw new InvalidInputError({
    field: 'directory',
    received: received(value),
    expected:
      'a directory below the root of the repository, for example packages/ameide_configuration',
  });
}

function parseName(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new InvalidInputError({
    field: 'name',
    received: received(value),
    expected: 'a name, for example ameide-configuration',
  });
}

function parseDescription(value: unknown): { readonly description?: string } {
  if (value === undefined) return {};
  if (typeof value === 'string') return { description: value };
  throw new InvalidInputError({
    field: 'description',
    received: received(value),
    expected: 'a text',
  });
}

function parseSchema(target: string, schema: unknown): void {
  if (typeof schema === 'string' && isInside(schema) && isInside(target.replace(/\/$/, ''))) return;
  throw new InvalidInputError({
    field: `schemas[${JSON.stringify(target)}]`,
    received: received(schema),
    expected:
      'paths inside the directory, for example { "environments/": "environment.schema.json" }',
  });
}

function isInside(path: string): boolean {
  return (
    !path.includes('\\') &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
