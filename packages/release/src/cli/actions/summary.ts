import { stripVTControlCharacters } from 'node:util';
import { isOurs } from '@ameide/versioning-core';
import { writes } from '../../report/command.ts';
import type { ReleaseFacts } from '../../report/facts.ts';
import type { ArtifactReport, ReleaseReport } from '../../report/release-report.ts';
import type { ProblemReport } from '../../report/shown.ts';
import type { PlannedNames } from '../../run/planned-names.ts';
import { alikeContents, differenceWords } from '../difference-words.ts';
import { artifactStatus, pointerStatus } from '../output.ts';
import { inert } from '../plain.ts';
import { type ProblemContext, problemLines } from '../problem-lines.ts';
import { nameAndWholeVersion, readableTime, registryIfSeveral } from '../table.ts';
import { verdict, wasAsked } from '../verdict.ts';
import { installLine } from './install-line.ts';
import { code, heading, lines, type Markup, paragraph, tableOf, words } from './markup.ts';

/** One part of a summary; `title` names it where there is no room for it. */
export interface Section {
  readonly title: string;
  readonly markup: Markup;
}

/** What `plan`, `build`, `publish` or `promote` found and did. */
export function releaseSummary(report: ReleaseReport): Section[] {
  const { artifacts, command, exitCode, problems, release } = report;
  const notes = [...(release.note === undefined ? [] : [release.note]), ...report.notes];
  return [
    top(command, exitCode === 0, stripVTControlCharacters(verdict(report))),
    commitSection(release),
    ...(command === 'build' ? builtSection(report) : registrySections(report)),
    ...contentsSection(report),
    ...problemSection(problems, { artifacts, readsOnly: !writes(command) }),
    ...noteSection(notes),
  ];
}

function registrySections(report: ReleaseReport): Section[] {
  if (!wasAsked(report)) return [];
  const isPlan = !writes(report.command);
  return [
    ...section(
      'artifacts',
      report.artifacts,
      ['Artifact', 'Version', isPlan ? 'Plan' : 'Outcome', 'Built from', 'Digest', 'Install', 'At'],
      (artifact) => [
        ...nameAndWholeVersion(artifact).map(code),
        words(stripVTControlCharacters(artifactStatus(artifact, report))),
        code(artifact.sha ?? ''),
        code(artifact.digest ?? ''),
        code(isThere(artifact) ? installLine(artifact) : ''),
        code(registryIfSeveral(artifact)),
      ],
    ),
    ...section(
      'pointers',
      report.pointers,
      ['Pointer of', 'Pointer', 'To', isPlan ? 'Now' : 'Outcome'],
      (pointer) => [
        code(pointer.name),
        code(pointer.pointer),
        code(pointer.version),
        code(stripVTControlCharacters(pointerStatus(pointer, report))),
      ],
    ),
  ];
}

function builtSection({ artifacts }: ReleaseReport): Section[] {
  const files = artifacts.flatMap(({ built, coordinate }) =>
    (built?.files ?? []).map((file) => ({ ...file, coordinate })),
  );
  return section('files', files, ['Artifact', 'Built', 'Digest'], (file) => [
    code(file.coordinate),
    code(file.name),
    code(file.digest),
  ]);
}

/** How what was built differs from what is published. The log has every file. */
function contentsSection({ contents = [] }: ReleaseReport): Section[] {
  return section(
    'the differences',
    alikeContents(contents),
    ['Artifact', 'Part', 'Compared with', 'Difference'],
    ({ first: one, others }) => [
      code(one.coordinate ?? one.publisher),
      code([one, ...others].map(({ part }) => part).join(', ')),
      code(one.before?.coordinate ?? ''),
      words(differenceWords(one)),
    ],
  );
}

/** The versions of a commit, and what the definition publishes of it. */
export function versionSummary(facts: ReleaseFacts, planned: PlannedNames | undefined): Section[] {
  const { go, npm, oci, pypi } = facts;
  const tags = [oci.commitTag, ...(oci.versionTag === undefined ? [] : [oci.versionTag])];
  const versions = [
    ['npm', npm.version],
    ['PyPI', pypi.version],
    ['Go', go.version],
    ['OCI', [...tags, ...oci.movingTags].join(' ')],
  ] as const;
  const { artifacts = [], problems = [] } = planned ?? {};
  return [
    top('version', problems.length === 0, npm.version),
    commitSection(facts),
    ...section('versions', versions, ['Ecosystem', 'Version'], ([name, version]) => [
      words(name),
      code(version),
    ]),
    ...section('artifacts', artifacts, ['This definition publishes', 'At'], (artifact) => [
      code(artifact.coordinate),
      code(artifact.registry),
    ]),
    ...problemSection(problems, { artifacts, readsOnly: true }),
    ...noteSection(facts.note === undefined ? [] : [facts.note]),
  ];
}

/** Why a command could not begin. */
export function failureSummary(
  command: string,
  problems: readonly ProblemReport[],
  readsOnly: boolean,
): Section[] {
  const first = problems[0]?.code ?? '';
  return [top(command, false, first), ...problemSection(problems, { readsOnly })];
}

/** True if the registry has the artifact, built from this commit. */
export function isThere({ outcome, state }: ArtifactReport): boolean {
  return outcome === undefined
    ? isOurs(state)
    : outcome === 'published' || outcome === 'already-there';
}

function top(command: string, isSuccess: boolean, result: string): Section {
  return {
    title: 'the result',
    markup: heading(`${isSuccess ? '\u2705' : '\u274c'} ${command}: ${result}`),
  };
}

function commitSection({ channel, datetime, ref, sha }: ReleaseFacts): Section {
  const when = words(`${channel}, ${readableTime(datetime)}:`);
  return { title: 'the commit', markup: paragraph(when, code(sha), code(ref)) };
}

function section<T>(
  title: string,
  entries: readonly T[],
  columns: readonly string[],
  row: (entry: T) => readonly Markup[],
): Section[] {
  return entries.length === 0 ? [] : [{ title, markup: tableOf(columns, entries.map(row)) }];
}

/** One section for each problem, in the words of the log. */
function problemSection(problems: readonly ProblemReport[], context: ProblemContext): Section[] {
  const causes = Map.groupBy(problems, ({ code: name, publisher }) => `${name} ${publisher}`);
  return [...causes.values()].map((same) => ({
    title: `the problem ${same[0]?.code ?? ''}`,
    markup: lines(
      stripVTControlCharacters(problemLines(inert(same), context).join('\n')).replace(/^\s+/, ''),
    ),
  }));
}

function noteSection(notes: readonly string[]): Section[] {
  return notes.map((note) => ({ title: 'a note', markup: paragraph(words('Note:'), code(note)) }));
}
