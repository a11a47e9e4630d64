import type { ArtifactReport, ReleaseReport } from '../report/release-report.ts';
import { nameAndVersion, readableSize, short, table } from './table.ts';

/** What `build` made, for people: one row for each file, or for each tag of an image. */
export function builtTable({ artifacts }: Pick<ReleaseReport, 'artifacts'>): string {
  const rows = artifacts.flatMap((artifact) => {
    const named = nameAndVersion(artifact);
    const { files = [], folder = '' } = artifact.built ?? {};
    if (files.length === 0) return [[...named, 'not built']];
    return files.map(({ digest, name, size }) => [
      ...named,
      size === 0 ? name : `${name}, ${readableSize(size)}`,
      short(digest),
      folder,
    ]);
  });
  return table(['ARTIFACT', 'VERSION', 'BUILT', 'DIGEST', 'IN'], rows);
}

/** The last line of `build`. */
export function builtVerdict(artifacts: readonly ArtifactReport[]): string {
  const count = artifacts.filter(({ built }) => built !== undefined).length;
  const all = artifacts.length;
  const of = count === all ? String(all) : `${count} of ${all}`;
  return `${of} ${all === 1 ? 'artifact' : 'artifacts'} built; nothing was sent`;
}
