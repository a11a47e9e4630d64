import type { Result } from '../result.ts';
import type { Publisher, Step } from './publisher.ts';
import type { SourceTree } from './source.ts';

/**
 * A set of files that another publisher can carry: what `configuration` hands to npm, OCI or PyPI.
 */
export interface Bundle {
  readonly name: string;
  readonly description?: string;
  /** The paths of all its files, when the commit alone decides them: for `validate`. */
  readonly paths?: readonly string[];
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
