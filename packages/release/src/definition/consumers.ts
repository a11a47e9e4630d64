import {
  type Check,
  custom,
  listOf,
  oneOf,
  optional,
  recordOf,
  shape,
} from '@ameide/versioning-core/options';

/** Which files of this repository use what it releases: for `consume`, `inventory` and `doctor`. */
export interface ConsumersOptions {
  /**
   * Folders and files, as globs relative to the repository's root: `['services/*', 'deploy/**']`. A folder
   * means everything below it. Default: everything but the folders of the published packages.
   */
  readonly include?: readonly string[];
  /** What is left out of `include`: `['services/legacy']`. Default: nothing. */
  readonly exclude?: readonly string[];
  /**
   * How `consume` writes an npm version: `exact` (`0.1.0`, the default), `caret` (`^0.1.0`), or `workspace`
   * (`workspace:^0.1.0`, which links the package of this repository).
   */
  readonly npmRange?: 'exact' | 'caret' | 'workspace';
  /**
   * Which Kubernetes manifests belong to which environment of `deploy`, as globs:
   * `{ production: ['clusters/eu'] }`. Default: those whose folders or file name it: `deploy/production`, `values-prod.yaml`.
   */
  readonly environments?: Readonly<Record<string, readonly string[]>>;
}

/** A file, or a folder with everything below it. */
export const glob: Check<string> = custom<string>(
  (value) =>
    typeof value === 'string' && /^(?![./])[^\\]+(?<!\/)$/.test(value) && !value.includes('//'),
  "a glob relative to the repository's root, for example services/*",
);
const globs = listOf(glob, "a list of globs, for example ['services/*']", 1);

export const consumersOption: Check<ConsumersOptions> = shape<ConsumersOptions>({
  include: optional(globs),
  exclude: optional(globs),
  npmRange: optional(oneOf('exact', 'caret', 'workspace')),
  environments: optional(
    recordOf(globs, "an object of environments: { production: ['clusters/eu'] }"),
  ),
});
