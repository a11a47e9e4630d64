import type { Result } from '../result.ts';
import type { PublisherId } from './plan.ts';
import type { Problem } from './problem.ts';
import type { PublishedPackage, Publisher } from './publisher.ts';
import type { SourceTree } from './source.ts';
import type { Step } from './step.ts';

/** A set of files for another publisher to carry: `configuration` hands it to npm, OCI or PyPI. */
export interface Bundle {
  readonly name: string;
  readonly description?: string;
  /** The commit's folder that the files come from, if they come from one. Messages name it. */
  readonly directory?: string;
  /** The paths of all files, if the commit alone decides them. `validate` uses them. */
  readonly paths?: readonly string[];
  /** Repository paths of files to publish although a carrier would refuse them. */
  readonly allow?: readonly string[];
  /**
   * Reports what the bundle's maker refuses in the commit. The carrier's `validate` calls this with
   * its own id as `publisher`. The first carrier that asks gets all the problems; each further
   * carrier gets one problem that names the first.
   */
  validate?(publisher: PublisherId, step: Step): Promise<readonly Problem[]>;
  files(
    plan: { readonly version: string; readonly sha: string },
    step: Step,
  ): Promise<Result<readonly BundleFile[]>>;
}

export interface BundleFile {
  /** With `/`, relative, no `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
  /**
   * What a JSON or YAML file contains, one JSON text for each of its documents, so that a carrier's
   * package can load it without a reader of YAML. Absent if JSON cannot hold it exactly.
   */
  readonly documents?: readonly string[];
  /**
   * What the file is with another one merged over it, as JSON by the other's path: a base file of
   * configuration and its environments.
   */
  readonly overlays?: Readonly<Record<string, string>>;
  /** The JSON Schemas, as JSON, that each of its documents fits, or what overlays make of it. */
  readonly schemas?: readonly string[];
}

/** A publisher of another ecosystem that packs a bundle instead of a folder. */
export interface Carrier {
  /** As in `PublisherDefinition`. */
  readonly label: string;
  /** As in `PublisherDefinition`. */
  readonly settings?: unknown;
  /** As in `PublisherDefinition`. */
  readonly package?: PublishedPackage;
  /** As in `PublisherDefinition`. */
  readonly image?: string;
  /** As in `PublisherDefinition`. */
  readonly imageSignature?: 'keyless' | 'key';
  open(source: SourceTree, bundle: Bundle): Promise<Publisher>;
}
