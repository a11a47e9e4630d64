import type { MapCell, MapVersion, ReleaseMap } from '../../../src/map/release-map.ts';
import { sampleMap } from './sample-map.ts';

/**
 * The sample, but the Go list is partial and the newest commit has no Go version and no
 * configuration; one version is partial, one unknown.
 */
export function doubtfulMap(): ReleaseMap {
  const { artifacts, rows, ...map } = sampleMap();
  const [first, second, ...others] = rows;
  if (first === undefined || second === undefined) throw new Error('The sample has rows.');
  return {
    ...map,
    artifacts: artifacts.map((artifact) =>
      artifact.ecosystem === 'go' ? { ...artifact, isPartial: true as const } : artifact,
    ),
    rows: [
      {
        ...first,
        cells: first.cells.map((cell, place) =>
          place === 2 || place === 4 ? { ...cell, versions: [] } : cell,
        ),
      },
      {
        ...second,
        cells: second.cells.map((cell, place) =>
          ofState(cell, place === 0 ? 'partial' : place === 1 ? 'unknown' : 'published'),
        ),
      },
      ...others,
    ],
    notes: ['212 older versions are left out: --limit 54.'],
  };
}

/** The sample, but the PyPI index did not answer and the OCI registry refused the token. */
export function failedMap(): ReleaseMap {
  const { artifacts, rows, ...map } = sampleMap();
  const isPypi = (publisher: string): boolean => publisher.startsWith('pypi:');
  return {
    ...map,
    status: 'unauthenticated',
    exitCode: 6,
    artifacts: artifacts.map(({ listed, ...artifact }) =>
      isPypi(artifact.publisher) || listed === undefined
        ? { ...artifact, pointers: [] }
        : { ...artifact, listed },
    ),
    rows: rows.map((row) => ({
      ...row,
      cells: row.cells.map(({ publisher, versions }) => ({
        publisher,
        versions: isPypi(publisher) ? [] : versions,
      })),
    })),
    problems: [
      {
        code: 'pypi-registry-no-answer',
        kind: 'incomplete',
        publisher: 'pypi:ameide-sdk',
        message: 'https://pypi.org did not answer after 4 attempts.',
        hint: 'Run it again later.',
        effect: 'none',
        rerun: 'safe',
      },
      {
        code: 'ghcr-unauthorized',
        kind: 'authentication',
        publisher: 'oci:ghcr.io/ameideio/ameide-sdk-ts',
        message: 'ghcr.io refused the token: 401 Unauthorized.',
        hint: 'Set GHCR_TOKEN to a token with the right read:packages.',
        reason: 'authentication required',
        effect: 'none',
        rerun: 'after-fix',
      },
    ],
  };
}

function ofState(cell: MapCell, state: MapVersion['state']): MapCell {
  return { ...cell, versions: cell.versions.map((version) => ({ ...version, state })) };
}
