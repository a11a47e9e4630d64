import type { Finding } from '@ameide/versioning-core';
import type { PublisherRun } from '../run/publisher-run.ts';

/** A package or image of one release, as its registry has it. */
export interface ReleasedArtifact {
  readonly ecosystem: 'npm' | 'pypi' | 'go' | 'oci';
  readonly name: string;
  /** As clients write it: for a Go module the pseudo-version, for an image the tag that says most to people. */
  readonly version: string;
  /** For an image: every tag that never moves, with the digest that it names. */
  readonly tags?: readonly ReleasedTag[];
}

export interface ReleasedTag {
  readonly tag: string;
  readonly digest?: string;
}

/**
 * Returns what files can ask for of what registries have, each name once. Where a package is at several registries
 * in several versions (PyPI refuses a local version), the first of the definition counts.
 */
export function releasedArtifacts(runs: readonly PublisherRun[]): readonly ReleasedArtifact[] {
  const artifacts = new Map<string, ReleasedArtifact>();
  for (const finding of runs.flatMap(({ findings }) => findings)) {
    const { ecosystem, name } = finding.coordinate;
    const key = `${ecosystem}:${name}`;
    const before = artifacts.get(key);
    if (ecosystem === 'oci') artifacts.set(key, withTag(name, before?.tags ?? [], finding));
    else if (ecosystem !== 'github' && before === undefined)
      artifacts.set(key, {
        ecosystem,
        name,
        version: finding.resolved ?? finding.coordinate.version,
      });
  }
  return [...artifacts.values()];
}

function withTag(
  name: string,
  before: readonly ReleasedTag[],
  { coordinate, digest }: Finding,
): ReleasedArtifact {
  const own = { tag: coordinate.version, ...(digest === undefined ? {} : { digest }) };
  const tags = [...before, own];
  const version = tags.find(({ tag }) => !isCommit(tag))?.tag ?? tags[0]?.tag ?? '';
  return { ecosystem: 'oci', name, version, tags };
}

/** True for a tag that is a commit. */
export function isCommit(tag: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tag);
}
