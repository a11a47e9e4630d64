import type { FoundPackage } from '@ameide/source-files/packages';
import type { VersionSource } from './version-sources.ts';

/** An image that is built from a Dockerfile. */
export interface ImageChoice {
  /** `ghcr.io/acme/sdk` */
  readonly image: string;
  /** The folder of its Dockerfile, which is the build's context; `''` for the root. */
  readonly directory: string;
}

/** Everything that the files do not say, and somebody has to decide. */
export interface Choices {
  readonly publish: readonly FoundPackage[];
  readonly version: VersionSource;
  readonly images: readonly ImageChoice[];
  /** The git URL of a Go module's own repository, by module path; others are published in place. */
  readonly mirrors: ReadonlyMap<string, string>;
  readonly branch: string;
  /** Absent for the public one. */
  readonly npmRegistry?: string;
  readonly pypi?: { readonly uploadUrl: string; readonly simpleUrl: string };
  /** `data`: release.config.json, which jobs with tokens read without running anything of the repository. */
  readonly form: 'code' | 'data';
  readonly workflow: boolean;
  /** True: the jobs with tokens run in the environments dev, candidate and release. */
  readonly environments: boolean;
}
