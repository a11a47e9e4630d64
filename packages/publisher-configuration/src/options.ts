import { type Carrier, parseRepositoryPath } from '@ameide/versioning-core';
import {
  type Check,
  custom,
  exactPaths,
  listOf,
  optional,
  pathBelowRoot,
  recordOf,
  shape,
  string,
} from '@ameide/versioning-core/options';
import type { Schemas } from './check/schema.ts';

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
  /** The name in the index and in the carriers' metadata. Default: the directory's last part. */
  readonly name?: string;
  readonly description?: string;
  /**
   * JSON Schemas (2020-12 or draft-07) of the bundle, by the file or, with `/` at its end, the
   * folder whose JSON and YAML files they check: `{ 'environments/': 'environment.schema.json' }`.
   * All paths are relative to `directory`.
   */
  readonly schemas?: Schemas;
  /**
   * Files that are published although they would be refused, each by its exact repository path: a
   * template that is not YAML yet, a public test key.
   */
  readonly allow?: readonly string[];
}

const carrier: Check<Carrier> = custom((value) => {
  const { label, open } = value as Readonly<Record<string, unknown>>;
  return typeof label === 'string' && typeof open === 'function';
}, 'a carrier, for example npm.bundle("@ameideio/configuration")');

const PATHS =
  'paths inside the directory, for example { "environments/": "environment.schema.json" }';
const inDirectory = (path: unknown): boolean =>
  typeof path === 'string' && path !== '' && parseRepositoryPath(path) === path;

/** Throws `InvalidInputError` that names the option. */
export const parseOptions: Check<ConfigurationOptions> = shape<ConfigurationOptions>(
  {
    directory: pathBelowRoot(
      'a directory below the root of the repository, for example packages/ameide_configuration',
    ),
    carriers: listOf(
      carrier,
      'at least one carrier, for example npm.bundle("@ameideio/configuration")',
      1,
    ),
    name: optional(string('a name, for example ameide-configuration', /\S/)),
    description: optional(string('a string')),
    schemas: optional(
      recordOf(
        custom<string>(inDirectory, PATHS),
        PATHS,
        custom<string>((path) => inDirectory(String(path).replace(/\/$/, '')), PATHS),
      ),
    ),
    allow: optional(exactPaths),
  },
  { name: 'configuration' },
);
