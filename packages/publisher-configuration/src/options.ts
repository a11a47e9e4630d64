import { type Carrier, parseRepositoryPath } from '@ameide/versioning-core';
import {
  type Check,
  custom,
  exactPaths,
  listOf,
  oneOf,
  optional,
  pathBelowRoot,
  pattern,
  recordOf,
  shape,
  string,
} from '@ameide/versioning-core/options';
import type { Overlays } from './check/overlay.ts';
import type { Format } from './check/reader.ts';
import type { Schemas } from './check/schema.ts';

/** What `configuration` takes. */
export interface ConfigurationOptions {
  /**
   * The directory in the repository. The bundle contains every file below it that `include` and
   * `exclude` leave, except git's own (`.gitignore` and the like).
   */
  readonly directory: string;
  /**
   * Patterns as in a .gitignore in `directory`, of the files to publish: `environments/`, `*.yaml`.
   * Each must name a file. Default: every file.
   */
  readonly include?: readonly string[];
  /** Patterns of files not to publish, whatever `include` names: `*.local.yaml`, `/README.md`. */
  readonly exclude?: readonly string[];
  /**
   * The carriers of the bundle, at least one: `npm.bundle('@ameideio/configuration')`,
   * `ghcr.bundle('ghcr.io/ameideio/configuration')`.
   */
  readonly carriers: readonly Carrier[];
  /** The name in the index and in the carriers' metadata. Default: the directory's last part. */
  readonly name?: string;
  readonly description?: string;
  /**
   * JSON Schemas (2020-12 or draft-07) in the bundle. Each key is a pattern, as in `include`, of
   * the JSON and YAML files that the schema checks: `{ 'environments/': 'environment.schema.json' }`.
   * The schema's path is relative to `directory`.
   */
  readonly schemas?: Schemas;
  /**
   * Files that are merged over another, by patterns as in `include`: `{ 'environments/':
   * 'configuration.yaml' }`. The schemas of that file then describe what each of them makes of it.
   */
  readonly overlays?: Overlays;
  /**
   * How files are read, by patterns as in `include`; the last one that names a file decides:
   * `{ 'templates/': 'text', 'tsconfig*.json': 'jsonc' }`. Default: by the end of their names; in a
   * folder with Chart.yaml, `templates/` is text.
   */
  readonly formats?: Readonly<Record<string, Format>>;
  /**
   * What is done about a value that common readers understand in different ways, such as `no`:
   * `note`, the default, tells it in the report, `refuse` does not publish it.
   */
  readonly ambiguous?: 'note' | 'refuse';
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

const PATTERNS = "a list of patterns, for example ['environments/', '*.schema.json']";
const OVERLAYS = "base files by pattern, for example { 'environments/': 'configuration.yaml' }";
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
    include: optional(listOf(pattern, PATTERNS, 1)),
    exclude: optional(listOf(pattern, PATTERNS)),
    name: optional(string('a name, for example ameide-configuration', /\S/)),
    description: optional(string('a string')),
    schemas: optional(recordOf(custom<string>(inDirectory, PATHS), PATHS, pattern)),
    overlays: optional(recordOf(custom<string>(inDirectory, PATHS), OVERLAYS, pattern)),
    formats: optional(
      recordOf(
        oneOf('json', 'jsonc', 'yaml', 'text'),
        "formats by pattern, for example { 'templates/': 'text' }",
        pattern,
      ),
    ),
    ambiguous: optional(oneOf('note', 'refuse')),
    allow: optional(exactPaths),
  },
  { name: 'configuration' },
);
