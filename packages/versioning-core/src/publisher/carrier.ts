import type { Result } from '../result.ts';
import type { Problem } from './problem.ts';
import type { Publisher, PublisherId, Step } from './publisher.ts';
import type { SourceTree } from './source.ts';

/**
 * A set of files that another publisher can carry: what `configuration` hands to npm, OCI or PyPI.
 */
export interface Bundle {
  readonly name: string;
  readonly description?: string;
  /** Of a bundle whose files are those of a folder of the commit: that folder. Messages name it. */
  readonly directory?: string;
  /** The paths of all its files, when the commit alone decides them: for `validate`. */
  readonly paths?: readonly string[];
  /** Repository paths of files that are published although a carrier would refuse them. */
  readonly allow?: readonly string[];
  /**
   * What its maker refuses of the commit. The carrier's `validate` reports it, as `publisher`. Of
   * several carriers the first one to ask gets the problems, and the others one that names it.
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
}

/** A publisher of another ecosystem that packs a bundle instead of a folder. */
export interface Carrier {
  /** As in `PublisherDefinition`. */
  readonly label: string;
  open(source: SourceTree, bundle: Bundle): Promise<Publisher>;
}
