import {
  type Coordinate,
  type Finding,
  findAnswer,
  formatCoordinate,
  formatVersionTag,
} from '@ameide/versioning-core';
import type { Commit } from '../commit/commit.ts';
import { artifactUrl } from '../report/page-url.ts';
import { type PublisherRun } from '../run/publisher-run.ts';
import type {
  CurrentArtifact,
  RecordedArtifact,
  RecordedRelease,
  ReleaseRecord,
} from './release-record.ts';

export interface RecordInput {
  readonly commit: Commit;
  readonly tagPrefix: string | undefined;
  readonly repositoryUrl: string | undefined;
  /** The runs whose artifacts the registries have, built from the commit. */
  readonly published: readonly PublisherRun[];
  /** The others, each with its current version. */
  readonly current: readonly Current[];
}

export interface Current {
  readonly run: PublisherRun;
  readonly version?: string;
}

/** Pure: the same answers of the registries give the same record. */
export function makeRecord(input: RecordInput): ReleaseRecord {
  const { current, published, repositoryUrl } = input;
  return {
    schema: 'ameide-release/record/1',
    release: releaseOf(input),
    ...(repositoryUrl === undefined ? {} : { repository: repositoryUrl }),
    artifacts: published.flatMap(artifactsOf),
    pointers: published.flatMap(({ id, plan }) =>
      plan.pointers.map(({ pointer, version }) => ({ publisher: id, pointer, version })),
    ),
    current: current.map(currentOf),
  };
}

/** Returns the content of the record's file. */
export function recordText(record: ReleaseRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** True for the text of a file that `recordText` made. */
export function isRecordText(text: string): boolean {
  return text.startsWith('{\n  "schema": "ameide-release/record/');
}

function releaseOf({ commit, tagPrefix }: RecordInput): RecordedRelease {
  const { canonical, channel, versions } = commit;
  const isTagged = channel.kind === 'release' || channel.kind === 'candidate';
  return {
    channel: channel.kind,
    ...(isTagged ? { tag: formatVersionTag(channel, tagPrefix) } : {}),
    base: canonical.base,
    target: versions.target,
    sha: canonical.sha,
    datetime: canonical.datetime,
  };
}

function artifactsOf(run: PublisherRun): readonly RecordedArtifact[] {
  const { findings, plan, verified } = run;
  return plan.coordinates.map((coordinate) => {
    const finding = findAnswer(coordinate, verified) ?? findAnswer(coordinate, findings);
    const url = artifactUrl(coordinate, plan);
    return {
      ...nameOf(run, coordinate),
      coordinate: formatCoordinate(coordinate),
      version: coordinate.version,
      ...(finding === undefined ? {} : foundOf(finding)),
      ...(url === undefined ? {} : { url }),
    };
  });
}

function foundOf({
  digest,
  files,
  resolved,
}: Finding): Pick<RecordedArtifact, 'digest' | 'files' | 'resolved'> {
  return {
    ...(resolved === undefined ? {} : { resolved }),
    ...(digest === undefined ? {} : { digest }),
    ...(files === undefined
      ? {}
      : {
          files: files.map((file) =>
            file.digest === undefined
              ? { name: file.name }
              : { name: file.name, digest: file.digest },
          ),
        }),
  };
}

function currentOf({ run, version }: Current): CurrentArtifact {
  const [coordinate = run.publisher.members[0]] = run.plan.coordinates;
  const named = nameOf(run, coordinate ?? { ecosystem: 'npm', name: run.id });
  return version === undefined ? named : { ...named, version };
}

function nameOf(
  { id, plan }: PublisherRun,
  { ecosystem, name }: Pick<Coordinate, 'ecosystem' | 'name'>,
): Pick<CurrentArtifact, 'publisher' | 'ecosystem' | 'name' | 'registry'> {
  return { publisher: id, ecosystem, name, registry: plan.registry };
}
