import colors from 'picocolors';
import type { MapCell, MapRow, ReleaseMap } from '../map/release-map.ts';
import { servicesTable } from './inventory-text.ts';
import { problemLines } from './problem-lines.ts';
import { short, shortSha, table } from './table.ts';

/** `map` for people: one row for each commit, one column for each artifact. */
export function mapTable(report: ReleaseMap): string {
  const { artifacts, notes, problems, repository, rows, services = [] } = report;
  const heading = ['COMMIT', 'DATE', 'TAGS', ...artifacts.map(({ publisher }) => publisher)];
  return [
    `${colors.bold(repository ?? 'Version map')}  ${counted(rows)}`,
    ...(rows.length === 0
      ? ['The registries have no version of these artifacts.']
      : [
          '',
          table(
            heading,
            rows.map((row) => rowCells(row, artifacts)),
          ),
        ]),
    ...pointerLines(report),
    ...(services.length === 0 ? [] : ['', ...servicesTable(services)]),
    ...notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(problems, { artifacts: [], readsOnly: true }),
  ].join('\n');
}

function counted(rows: readonly MapRow[]): string {
  const releases = rows.filter(({ channel }) => channel === 'release').length;
  const others = rows.length - releases;
  return `${releases} ${releases === 1 ? 'release' : 'releases'}, ${others} ${others === 1 ? 'other build' : 'other builds'}`;
}

function rowCells(
  { cells, datetime, sha, tags }: MapRow,
  artifacts: ReleaseMap['artifacts'],
): readonly string[] {
  return [
    sha === undefined ? colors.yellow('unknown') : shortSha(sha),
    datetime?.slice(0, 10) ?? '',
    tags.join(' '),
    ...cells.map((cell, column) => cellText(cell, artifacts[column])),
  ];
}

/**
 * Commit tags of images and mirrors only repeat the commit of the row: shows them only without others, or
 * if a pointer names them. `?` is an empty cell where the registry gave no list, or an incomplete one.
 */
function cellText(
  { current, versions }: MapCell,
  artifact: ReleaseMap['artifacts'][number] | undefined,
): string {
  const telling = versions.filter(
    ({ pointers, version }) => pointers.length > 0 || !/[0-9a-f]{40}/.test(version),
  );
  const shown = telling.length > 0 ? telling : versions.slice(0, 1);
  const texts = shown.map(({ deprecated, pointers, resolved, state, version }) => {
    const marks = [
      ...pointers.map((name) => colors.cyan(name)),
      ...(state === 'published' ? [] : [colors.red(state)]),
      ...(deprecated === undefined ? [] : [colors.yellow('deprecated')]),
    ];
    return `${short(resolved ?? version)}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
  });
  if (texts.length === 0 && current !== undefined) return colors.dim(`${current} (current)`);
  const isUnknown = artifact?.listed === undefined || artifact.isPartial === true;
  return texts.length === 0 && isUnknown ? colors.dim('?') : texts.join(', ');
}

/** The pointers that no row shows, because the version that they name is not among the rows. */
function pointerLines({ artifacts, rows }: ReleaseMap): readonly string[] {
  const shown = new Set(
    rows.flatMap(({ cells }) =>
      cells.flatMap(({ publisher, versions }) =>
        versions.flatMap(({ pointers }) => pointers.map((name) => `${publisher} ${name}`)),
      ),
    ),
  );
  const lines = artifacts.flatMap(({ pointers, publisher }) =>
    pointers
      .filter(({ pointer }) => !shown.has(`${publisher} ${pointer}`))
      .map(({ pointer, version }) => `${publisher}: ${pointer} names ${version ?? 'nothing'}`),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}
