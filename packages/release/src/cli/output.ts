import { stripVTControlCharacters } from 'node:util';
import type { Ecosystem } from '@ameide/versioning-core';
import colors from 'picocolors';
import type { EngineEvent } from '../engine/lane.ts';
import type { ArtifactReport, PointerReport, ProblemReport, ReleaseFacts, ReleaseReport } from '../engine/report.ts';
import type { TracedArtifact, TraceReport } from '../trace/trace.ts';

/** Rows under a heading, each column as wide as its widest cell; the last is left as it is. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = (cell: string): number => stripVTControlCharacters(cell).length;
  const widths = heading.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)))).join('  ');
  return [colors.dim(line(heading)), ...rows.map(line)].join('\n');
}

/** `version` for people. */
export function versionTable(facts: ReleaseFacts): string {
  const { immutable, moving } = facts.oci.tags;
  return [
    `${colors.bold(facts.channel)}  ${facts.sha}  ${readableTime(facts.datetime)}  (${facts.ref})`,
    ...(facts.note === undefined ? [] : [colors.yellow(facts.note)]),
    '',
    table(
      ['ECOSYSTEM', 'VERSION', 'AS'],
      [
        [
          'npm',
          facts.npm.published,
          facts.npm.distTag === null ? 'no dist-tag' : `dist-tag ${facts.npm.distTag}; full version ${facts.npm.version}`,
        ],
        ['PyPI', facts.pypi.public, `with local version ${facts.pypi.version}`],
        ['Go', facts.go.version, facts.go.tag === null ? 'pseudo-version, no tag needed' : `tag ${facts.go.tag}`],
        ['OCI', immutable.join(' '), moving.length === 0 ? 'no moving tag' : `moving ${moving.join(' ')}`],
      ],
    ),
  ].join('\n');
}

/** `plan` and `publish` for people. */
export function reportTable(report: ReleaseReport): string {
  const { release, command } = report;
  const artifacts = report.artifacts.map((artifact) => [...nameAndVersion(artifact), fate(artifact, report)]);
  const pointers = report.pointers.map((pointer) => [pointer.name, pointer.pointer, short(pointer.version), movement(pointer, command)]);
  return [
    `${colors.bold(release.channel)}  ${release.sha}  ${readableTime(release.datetime)}  (${release.ref})`,
    ...(release.note === undefined ? [] : [colors.yellow(release.note)]),
    ...(artifacts.length === 0 ? [] : ['', table(['ARTIFACT', 'VERSION', command === 'plan' ? 'PLAN' : 'OUTCOME'], artifacts)]),
    ...(pointers.length === 0 ? [] : ['', table(['POINTER OF', 'POINTER', 'TO', command === 'plan' ? 'NOW' : 'OUTCOME'], pointers)]),
    ...problemLines(report.problems),
    '',
    verdict(report),
  ].join('\n');
}

/** `trace` for people. */
export function traceTable(report: TraceReport): string {
  const rows = report.artifacts.map((artifact) => [
    ...nameAndVersion(artifact),
    presence(artifact, report.sha),
    artifact.pointers.join(' '),
  ]);
  return [
    colors.bold(report.sha ?? unnamed(report)),
    ...(rows.length === 0
      ? ['No artifact of this release can be named at this commit.']
      : ['', table(['ARTIFACT', 'VERSION', 'STATE', 'POINTERS'], rows)]),
    ...report.notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(report.problems),
  ].join('\n');
}

/** Problems: what happened, what it left behind, whether to run again, what to do. Those of one cause share all but the first. */
export function problemLines(problems: readonly ProblemReport[]): string[] {
  const groups = Map.groupBy(problems, ({ message: _message, coordinate: _coordinate, ...cause }) => JSON.stringify(cause));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { code, hint, effect, rerun, publisher } = first;
    return [
      '',
      `${colors.red('problem')} ${colors.bold(code)}${publisher === undefined ? '' : `  ${publisher}`}`,
      ...group.map(({ message }) => `  ${message}`),
      `  ${EFFECT[effect]} ${RERUN[rerun]}`,
      ...(hint === undefined ? [] : [`  ${colors.cyan(hint)}`]),
    ];
  });
}

/** One line of progress, for standard error. */
export function progressLine({ phase, publisher, message }: EngineEvent): string {
  return `${colors.dim(phase.padEnd(8))}${publisher === undefined ? '' : `${publisher}  `}${colors.dim(message)}`;
}

const EFFECT: Readonly<Record<ProblemReport['effect'], string>> = {
  none: 'It left nothing behind.',
  committed: 'Its version is on the registry.',
  unknown: 'It may have left a version on the registry.',
};

const RERUN: Readonly<Record<ProblemReport['rerun'], string>> = {
  safe: 'Running the same command again is safe.',
  'after-fix': 'Run it again after the fix.',
  never: 'Do not run it again as it is.',
};

interface Named {
  readonly ecosystem: Ecosystem;
  readonly coordinate: string;
  readonly resolved?: string;
}

/** The two parts of a coordinate, the version as clients resolve it and commit ids cut short: the heading says them in full. */
function nameAndVersion({ ecosystem, coordinate, resolved }: Named): [name: string, version: string] {
  const separator = ecosystem === 'pypi' ? '==' : ecosystem === 'oci' && !coordinate.includes('@') ? ':' : '@';
  const cut = coordinate.lastIndexOf(separator);
  return [coordinate.slice(0, cut), short(resolved ?? coordinate.slice(cut + separator.length))];
}

function short(version: string): string {
  return version.replace(/[0-9a-f]{40,}/, (id) => `${id.slice(0, 12)}\u2026`);
}

/** What a run did, or would do, to one artifact. */
function fate({ state, outcome, sha, files }: ArtifactReport, { command, release }: ReleaseReport): string {
  const isPartial = files?.some((file) => file.state === 'absent') === true;
  if (state === 'conflict' || outcome === 'conflict') {
    return colors.red(sha === undefined || sha === release.sha ? 'conflict' : `conflict: built from ${short(sha)}`);
  }
  if (outcome === 'published' || outcome === 'already-there') return colors.green(outcome === 'published' ? 'published' : 'already there');
  if (outcome !== undefined) return colors.red(outcome);
  if (state === 'unknown') return colors.red(command === 'plan' ? 'the registry does not say' : 'not published: the registry does not say');
  const verb = command === 'plan' ? 'to' : 'not';
  if (isPartial) return `already there in part, rest ${verb} publish${command === 'plan' ? '' : 'ed'}`;
  if (state === 'absent') return `${verb} publish${command === 'plan' ? '' : 'ed'}`;
  return colors.green('already there');
}

/** What became of one pointer, or what it names. */
function movement({ outcome, now, version }: PointerReport, command: ReleaseReport['command']): string {
  const names = now === undefined ? 'not known' : now === null ? 'names nothing' : `names ${short(now)}`;
  if (outcome === 'superseded') return `superseded: ${names}`;
  if (outcome === 'held') return colors.red(`held: ${names}`);
  if (outcome !== undefined) return colors.green(outcome === 'already' ? 'already there' : outcome);
  if (now === version) return colors.green('already there');
  if (command === 'plan') return names;
  return now === undefined ? 'not moved' : `not moved: ${names}`;
}

function presence({ state, sha }: TracedArtifact, asked: string | undefined): string {
  if (state === 'absent') return colors.dim('not published');
  if (state === 'unknown') return colors.red('unknown');
  if (sha === undefined) return colors.red('published, names no commit');
  return sha === asked ? colors.green('published') : colors.red(`built from ${sha}`);
}

function unnamed({ artifacts }: TraceReport): string {
  if (artifacts.some(({ state }) => state === 'unknown')) return 'the registry did not say';
  return artifacts.every(({ state }) => state === 'absent') ? 'not published' : 'built from a commit it does not name';
}

function verdict({ status, command, exitCode, artifacts, pointers }: ReleaseReport): string {
  if (status !== 'converged') return `${colors.red(status)}: exit ${exitCode}`;
  if (command === 'plan') {
    return `${artifacts.filter(({ state }) => state === 'absent').length} of ${artifacts.length} artifacts would be published.`;
  }
  const published = artifacts.filter(({ outcome }) => outcome === 'published').length;
  const moved = pointers.filter(({ outcome }) => outcome === 'moved').length;
  const said =
    published > 0
      ? `${published} of ${artifacts.length} artifacts published, all read back.`
      : moved > 0
        ? `Every artifact was there already; ${moved} of ${pointers.length} pointers moved.`
        : 'Everything was there already; nothing was written.';
  return colors.green(said);
}

function readableTime(datetime: string): string {
  return datetime.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6 UTC');
}
