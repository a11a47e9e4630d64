import type { MapArtifact } from '../../release-map.ts';

/** `npm`; with the registry's host where the same name is on several: `npm · npm.pkg.github.com`. */
export function kindOf(artifact: MapArtifact, artifacts: readonly MapArtifact[]): string {
  const { ecosystem, name, registry } = artifact;
  const isElsewhere = artifacts.some(
    (one) => one !== artifact && one.ecosystem === ecosystem && one.name === name,
  );
  if (!isElsewhere) return ecosystem;
  return `${ecosystem} · ${URL.canParse(registry) ? new URL(registry).host : registry}`;
}
