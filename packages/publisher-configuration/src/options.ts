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
   * The directory in the repository. The bundle contains every file below it, except git's own
   * (`.gitignore` and the like).
   */
  readonly directory: string;
  /**
   * The carriers of the bundle, at least one: `npm.bundle('@ameideio/configuration')`,
   * `ghcr.bundle('ghcr.io/ameideio/configuration')`.
   */
  readonly carriers: readonly Carrier[];
  /** The name in the index and in the carriers' metadata. Default: the directory's last part. */
  readonly name?: string;
  readonly description?: string;
  /**
   * JSON Schemas (2020-12 or draft-07) in the bundle. Each key is a file, or a folder with `/` at
   * its end, whose JSON and YAML files the schema checks: `{ 'environments/':
   * 'environment.schema.json' }`. All paths are relative to `directory`.
   */
  readonly schemas?: Schemas;
  /**
   * Exact repository paths of files to publish although they would be refused: a template that is
   * not valid YAML yet, a public test key.
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

/** Throws `InvalidInputError` with the wrong option. */
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
