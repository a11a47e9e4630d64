import type { BaseVersion, ChannelKind, Versions } from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';

/** The tuple and every version derived from it, as `version --json` prints them. */
export interface ReleaseFacts {
  readonly channel: ChannelKind;
  readonly ref: string;
  readonly base: BaseVersion;
  readonly target: BaseVersion;
  /**
   * Tells people what the build leads to and why, and warns about a tag that only looks like a
   * version.
   */
  readonly note?: string;
  readonly sha: string;
  readonly shortSha: string;
  readonly date: string;
  readonly datetime: string;
  readonly npm: Versions['npm'];
  readonly pypi: Versions['pypi'];
  /** `mirror`: the repository in which the module has that version, unless it is this one. */
  readonly go: Versions['go'] & { readonly mirror?: string };
  readonly oci: Versions['oci'];
}

/** Returns a commit's facts as a flat object. */
export function releaseFacts(commit: Commit): ReleaseFacts {
  const { canonical, versions } = commit;
  const notes = [versions.note, commit.note].filter((note) => note !== undefined);
  return {
    channel: commit.channel.kind,
    ref: commit.ref,
    base: canonical.base,
    target: versions.target,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
    sha: canonical.sha,
    shortSha: canonical.shortSha,
    date: canonical.date,
    datetime: canonical.datetime,
    npm: versions.npm,
    pypi: versions.pypi,
    go: { ...versions.go, ...(commit.goMirror === undefined ? {} : { mirror: commit.goMirror }) },
    oci: versions.oci,
  };
}
