import { folderName } from '@ameide/publisher-kit';
import { type Artifact, formatCoordinate, type Plan } from '@ameide/versioning-core';
import { dataDigest } from '../definition/digest.ts';
import type { PublisherRun } from '../run/publisher-run.ts';
import type { BuiltArtifact, BuiltFile, BuiltPart } from './build-index.ts';

/** Describes what a run built, for the index. */
export function describePart(
  { id, plan }: Pick<PublisherRun, 'id' | 'plan'>,
  artifacts: readonly Artifact[],
  files: readonly BuiltFile[],
): BuiltPart {
  return {
    publisher: id,
    registry: plan.registry,
    folder: folderName(id),
    plan: planDigest(plan),
    artifacts: describeArtifacts(artifacts),
    pointers: plan.pointers.map(({ ecosystem, name, pointer, version }) => ({
      name: `${ecosystem}:${name}`,
      pointer,
      version,
    })),
    files,
  };
}

export function describeArtifacts(artifacts: readonly Artifact[]): readonly BuiltArtifact[] {
  return artifacts.map(({ coordinate, digest, name, size }) => ({
    coordinate: formatCoordinate(coordinate),
    name,
    digest,
    size,
  }));
}

/** Returns `sha256:<hex>` of everything that a plan says. */
export function planDigest(plan: Plan): string {
  return dataDigest(plan);
}
