import type { Bundle, Carrier, PublisherDefinition, SourceTree } from '@ameide/versioning-core';
import { InvalidInputError } from '@ameide/versioning-core';
import { createBundle } from './bundle.ts';
import { validateFiles } from './validate.ts';

/** What `configuration` takes. */
export interface ConfigurationOptions {
  /** The directory in the repository: every file below it is part of the bundle. */
  readonly directory: string;
  /** What carries it: `npm.bundle('@ameideio/configuration')`, `ghcr.bundle('ghcr.io/ameideio/configuration')`. At least one. */
  readonly carriers: readonly Carrier[];
  /** Shown in the index and by the carriers. Default: the directory's last part. */
  readonly name?: string;
  readonly description?: string;
}

/**
 * Publishes one directory of configuration, validated and indexed, through each of its carriers: one publisher definition for each, in
 * their order. `defineRelease` takes the list as it is.
 */
export function configuration(options: ConfigurationOptions): readonly PublisherDefinition[] {
  const directory = parseDirectory(options.directory);
  const { carriers } = options;
  if (!Array.isArray(carriers) || carriers.length === 0) {
    throw new InvalidInputError({ field: 'carriers', expected: 'at least one carrier, for example npm.bundle("@ameideio/configuration")' });
  }
  const name = options.name ?? directory.slice(directory.lastIndexOf('/') + 1);
  const bundle = createBundle({ directory, name, ...(options.description === undefined ? {} : { description: options.description }) });
  return carriers.map((carrier) => carriedBy(carrier, bundle, directory));
}

function carriedBy(carrier: Carrier, bundle: Bundle, directory: string): PublisherDefinition {
  return {
    label: `configuration(${directory}) by ${carrier.label}`,
    async open(source: SourceTree) {
      await validateFiles(source, directory);
      return carrier.open(source, bundle);
    },
  };
}

function parseDirectory(value: unknown): string {
  const directory = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
  const good =
    directory !== '' &&
    !directory.startsWith('/') &&
    !directory.includes('\\') &&
    directory.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (good) return directory;
  throw new InvalidInputError({
    field: 'directory',
    received: String(value),
    expected: 'a directory inside the repository, for example packages/ameide_configuration',
  });
}
