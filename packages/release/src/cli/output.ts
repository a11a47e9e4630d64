import { stripVTControlCharacters } from 'node:util';
import colors from 'picocolors';
import type { EngineEvent } from '../engine/lane.ts';
import type { ProblemReport, ReleaseFacts, ReleaseReport } from '../engine/report.ts';
import type { TraceReport } from '../trace/trace.ts';

/** Rows under a heading, each column as wide as its widest cell; the last is left as it is. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
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
  const { release } = report;
  const artifacts = report.artifacts.map((artifact) => [
    clientName(artifact),
    shown(artifact.outcome ?? artifact.state),
    artifact.sha?.slice(0, 12) ?? '',
  ]);
  const pointers = report.pointers.map(({ name, pointer, version, now, outcome }) => [
    `${name} ${pointer}`,
    version,
    outcome ?? (now === version ? 'already' : `now ${now ?? 'nothing'}`),
  ]);
  return [
    `${colors.bold(release.channel)}  ${release.sha}  ${readableTime(release.datetime)}  (${release.ref})`,
    ...(release.note === undefined ? [] : [colors.yellow(release.note)]),
    ...(artifacts.length === 0
      ? []
      : ['', table(['ARTIFACT', report.command === 'plan' ? 'REGISTRY SAYS' : 'OUTCOME', 'BUILT FROM'], artifacts)]),
    ...(pointers.length === 0 ? [] : ['', table(['POINTER', 'NAMES', 'OUTCOME'], pointers)]),
    ...problemLines(report.problems),
    '',
    verdict(report),
  ].join('\n');
}

/** `trace` for people. */
export function traceTable(report: TraceReport): string {
  const rows = report.artifacts.map((artifact) => [
    clientName(artifact),
    shown(artifact.state),
    artifact.sha ?? '',
    artifact.pointers.join(' '),
  ]);
  return [
    report.sha === undefined ? colors.bold('built from a commit it does not name') : colors.bold(report.sha),
    ...(rows.length === 0
      ? ['No artifact of this release can be named at this commit.']
      : [table(['ARTIFACT', 'STATE', 'BUILT FROM', 'POINTERS'], rows)]),
    ...report.notes.map((note) => colors.dim(`note: ${note}`)),
    ...problemLines(report.problems),
  ].join('\n');
}

/** One problem: what happened, what it left behind, whether to run again, what to do. */
export function problemLines(problems: readonly ProblemReport[]): string[] {
  return problems.flatMap(({ code, message, hint, effect, rerun, publisher }) => [
    '',
    `${colors.red('problem')} ${colors.bold(code)}${publisher === undefined ? '' : `  ${publisher}`}`,
    `  ${message}`,
    `  ${EFFECT[effect]} ${RERUN[rerun]}`,
    ...(hint === undefined ? [] : [`  ${colors.cyan(hint)}`]),
  ]);
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

/** The name as clients will see it: what they resolve it to, where that is another. */
function clientName({ coordinate, resolved }: { readonly coordinate: string; readonly resolved?: string }): string {
  return resolved === undefined ? coordinate : `${coordinate.slice(0, coordinate.lastIndexOf('@'))}@${resolved}`;
}

const GOOD = new Set(['published', 'already-there', 'identical', 'same-source']);

function shown(state: string): string {
  if (GOOD.has(state)) return colors.green(state);
  return state === 'absent' ? colors.dim(state) : colors.red(state);
}

function verdict({ status, command, exitCode, artifacts }: ReleaseReport): string {
  if (status !== 'converged') return `${colors.red(status)}: exit ${exitCode}`;
  if (command === 'plan')
    return `${artifacts.filter(({ state }) => state === 'absent').length} of ${artifacts.length} artifacts would be published.`;
  const written = artifacts.filter(({ outcome }) => outcome === 'published').length;
  return colors.green(
    written === 0
      ? 'Everything was there already; nothing was written.'
      : `${written} of ${artifacts.length} artifacts published, all read back.`,
  );
}

function readableTime(datetime: string): string {
  return datetime.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3 $4:$5:$6 UTC');
}
