import { PROOF_NAMES } from '@ameide/versioning-core';
import colors from 'picocolors';
import { writes } from '../report/command.ts';
import type { ReleaseFacts } from '../report/facts.ts';
import type { ArtifactReport, PointerReport, ReleaseReport } from '../report/release-report.ts';
import type { PlannedNames } from '../run/planned-names.ts';
import type { TracedArtifact, TraceReport } from '../trace/trace-report.ts';
import { builtTable } from './built-table.ts';
import { problemLines } from './problem-lines.ts';
import {
  nameAndVersion,
  readableTime,
  registryIfSeveral,
  short,
  shortSha,
  table,
} from './table.ts';
import { verdict, wasAsked } from './verdict.ts';

/** `version` for people. */
export function versionTable(facts: ReleaseFacts, planned?: PlannedNames): string {
  const { npm, pypi, go, oci } = facts;
  const tags = [
    [oci.commitTag, 'never moves'],
    ...(oci.versionTag === undefined ? [] : [[oci.versionTag, 'never moves']]),
    ...oci.movingTags.map((tag) => [tag, 'moves forwards']),
  ];
  const rows = [
    [
      'npm',
      npm.version,
      words(
        npm.distTag === null ? 'no dist-tag' : `dist-tag ${npm.distTag}`,
        'full version',
        npm.full,
        npm.version,
      ),
    ],
    ['PyPI', pypi.version, words('', 'with local version', pypi.full, pypi.version)],
    ['Go', go.version, publishesGo(planned) ? goMeaning(go) : 'this definition publishes none'],
    ...tags.map(([tag = '', how = ''], index) => [index === 0 ? 'OCI' : '', tag, how]),
  ];
  return [
    `${colors.bold(facts.channel)}  ${facts.sha}  ${readableTime(facts.datetime)}  (${facts.ref})`,
    ...(facts.note === undefined ? [] : [colors.yellow(facts.note)]),
    '',
    table(['ECOSYSTEM', 'VERSION', 'AS'], rows),
  ].join('\n');
}

/** Without a definition we do not know, so the version is what `go` would derive. */
function publishesGo(planned: PlannedNames | undefined): boolean {
  if (planned === undefined || planned.problems.length > 0) return true;
  return planned.artifacts.some(({ coordinate }) => coordinate.startsWith('go:'));
}

function goMeaning({ mirror, tag }: ReleaseFacts['go']): string {
  const where = mirror === undefined ? '' : ` in ${mirror}`;
  if (tag !== null) return `tag ${tag}${where}`;
  return mirror === undefined
    ? 'pseudo-version, no tag needed'
    : `tag${where}; go resolves it to a pseudo-version`;
}

/** The part of the version table that follows a version: its longer form, if it has one. */
function words(first: string, name: string, longer: string, version: string): string {
  return [first, longer === version ? '' : `${name} ${longer}`]
    .filter((part) => part !== '')
    .join('; ');
}

/** `plan`, `build`, `publish` and `promote` for people. */
export function reportTable(report: ReleaseReport): string {
  const { release, command } = report;
  return [
    `${colors.bold(release.channel)}  ${release.sha}  ${readableTime(release.datetime)}  (${release.ref})`,
    ...(release.note === undefined ? [] : [colors.yellow(release.note)]),
    ...(wasAsked(report) ? [...tables(report), ...noteLines(report)] : []),
    ...problemLines(report.problems, {
      artifacts: report.artifacts,
      readsOnly: !writes(command),
    }),
    '',
    verdict(report),
  ].join('\n');
}

function tables(report: ReleaseReport): string[] {
  if (report.command === 'build') return ['', builtTable(report)];
  const isPlan = !writes(report.command);
  const proofs = proofColumn(report.artifacts);
  const artifacts = report.artifacts.map((artifact) => [
    ...nameAndVersion(artifact),
    artifactStatus(artifact, report),
    shortSha(artifact.sha),
    ...proofs.map(() => proofWords(artifact)),
    registryIfSeveral(artifact),
  ]);
  const pointers = report.pointers.map((pointer) => [
    pointer.name,
    pointer.pointer,
    short(pointer.version),
    pointerStatus(pointer, report),
    registryIfSeveral(pointer),
  ]);
  return [
    ...(artifacts.length === 0
      ? []
      : [
          '',
          table(
            ['ARTIFACT', 'VERSION', isPlan ? 'PLAN' : 'OUTCOME', 'BUILT FROM', ...proofs, 'AT'],
            artifacts,
          ),
        ]),
    ...(pointers.length === 0
      ? []
      : ['', table(['POINTER OF', 'POINTER', 'TO', isPlan ? 'NOW' : 'OUTCOME', 'AT'], pointers)]),
  ];
}

function noteLines({ notes }: Pick<TraceReport, 'notes'>): string[] {
  return notes.map((note) => colors.dim(`note: ${note}`));
}

/** `trace` for people. */
export function traceTable(report: TraceReport): string {
  const proofs = proofColumn(report.artifacts);
  const rows = report.artifacts.map((artifact) => [
    ...nameAndVersion(artifact),
    presence(artifact, report.sha),
    shortSha(artifact.sha),
    artifact.pointers.join(' '),
    ...proofs.map(() => proofWords(artifact)),
    registryIfSeveral(artifact),
  ]);
  return [
    colors.bold(report.sha ?? unnamed(report)),
    ...(rows.length === 0
      ? ['No artifact of this release can be named at this commit.']
      : [
          '',
          table(['ARTIFACT', 'VERSION', 'STATE', 'BUILT FROM', 'POINTERS', ...proofs, 'AT'], rows),
        ]),
    ...noteLines(report),
    ...problemLines(report.problems, { artifacts: report.artifacts, readsOnly: true }),
  ].join('\n');
}

type WithProofs = Pick<TracedArtifact, 'proofs'>;

/** The head of the column, if any artifact has proofs to show. */
function proofColumn(artifacts: readonly WithProofs[]): readonly string[] {
  return artifacts.some(({ proofs }) => proofs !== undefined) ? ['PROOFS'] : [];
}

/** `signature proven, provenance missing` */
function proofWords({ proofs = [] }: WithProofs): string {
  return proofs.map(({ kind, state }) => `${PROOF_NAMES[kind]} ${state}`).join(', ');
}

/** Describes what a run did, or would do, to one artifact. */
export function artifactStatus(
  { state, outcome, files }: ArtifactReport,
  { command }: ReleaseReport,
): string {
  const isPartial = state !== 'absent' && files?.some((file) => file.state === 'absent') === true;
  if (state === 'conflict' || outcome === 'conflict') return colors.red('conflict');
  if (outcome === 'published' || outcome === 'already-there')
    return colors.green(outcome === 'published' ? 'published' : 'already there');
  if (outcome !== undefined) return colors.red(outcome);
  if (state === 'unknown')
    return colors.red(
      writes(command) ? 'not published: the registry does not say' : 'the registry does not say',
    );
  const left = writes(command) ? 'not published' : 'to publish';
  if (isPartial) return `already there in part, rest ${left}`;
  if (state === 'absent') return left;
  return colors.green('already there');
}

/** Describes what a run did to a pointer, or what the pointer names. */
export function pointerStatus(
  { expected, outcome, now, version, publisher }: PointerReport,
  { artifacts, command }: ReleaseReport,
): string {
  const names =
    now === undefined ? 'not known' : now === null ? 'there is none yet' : `names ${short(now)}`;
  if (outcome === 'superseded') return `superseded: ${names}`;
  if (outcome === 'blocked') return colors.red(`blocked: ${names}`);
  if (outcome !== undefined) return colors.green(outcome === 'already' ? 'already there' : outcome);
  const target = artifacts.find(
    (artifact) => artifact.publisher === publisher && isVersionOf(artifact, version),
  );
  if (now === version)
    return target?.state === 'conflict'
      ? colors.red('names this version, which another commit published')
      : colors.green('already there');
  if (!writes(command))
    return expected === 'superseded' ? `stays: ${names}, which is newer` : names;
  return now === undefined ? 'not moved' : `not moved (${names})`;
}

function isVersionOf({ coordinate }: ArtifactReport, version: string): boolean {
  return ['@', '==', ':'].some((separator) => coordinate.endsWith(separator + version));
}

function presence({ state, sha }: TracedArtifact, asked: string | undefined): string {
  if (state === 'absent') return colors.dim('not published');
  if (state === 'unknown') return colors.red('unknown');
  if (sha === undefined) return colors.red('published, names no commit');
  return sha === asked ? colors.green('published') : colors.red("another commit's");
}

function unnamed({ artifacts }: TraceReport): string {
  if (artifacts.some(({ state }) => state === 'unknown')) return 'the registry did not say';
  return artifacts.every(({ state }) => state === 'absent')
    ? 'not published'
    : 'built from a commit it does not name';
}
