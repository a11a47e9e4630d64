import type { Canonical } from '../canonical/canonical.ts';
import type { Channel } from '../canonical/channel.ts';
import type { Versions } from '../versions/versions.ts';
import type { Ecosystem } from './coordinate.ts';
import type { Signing } from './proof.ts';

/** A package, project, module or image that this release publishes. */
export interface Member {
  readonly ecosystem: Ecosystem;
  /** As in `Coordinate`. */
  readonly name: string;
  /**
   * Go: the git URL of the module's own repository, if it has one. Only such a module has the version
   * `source-<sha>` on a dev build, and a go.mod that names others of the release.
   */
  readonly mirror?: string;
  /** PyPI: it is published as `Versions.pypi.full`. */
  readonly localVersion?: boolean;
}

/** Everything that `plan` may know. Pure data, the same for every publisher of a run. */
export interface Release {
  readonly canonical: Canonical;
  readonly channel: Channel;
  /** Every ecosystem's strings for this commit and channel. */
  readonly versions: Versions;
  /**
   * Everything that the release publishes. A `workspace:` range on a member becomes this version.
   */
  readonly members: readonly Member[];
  /**
   * The source repository's https URL without `.git`, `https://github.com/ameideio/ameide`; absent
   * if unknown.
   */
  readonly repository?: string;
  /** What comes before the version in the release tags of the source repository. Default `v`. */
  readonly tagPrefix?: string;
  /** How it signs. Absent: nothing can be signed. */
  readonly signing?: Signing;
}
