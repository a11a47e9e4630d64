import type { PointerMove, Published } from '@ameide/versioning-core';
import type { ReleaseCommand } from '../report/command.ts';
import type { Status } from '../report/status.ts';

/** The schema of every event: `@ameide/release/schemas/event-1.schema.json`. */
export const EVENT_SCHEMA = 'ameide-release/event/1';

/** What a release does, one after the other. `publishRelease` (engine/release.ts) sets the order. */
export type Phase =
  | 'open'
  | 'validate'
  | 'check'
  | 'prepare'
  | 'build'
  | 'search'
  | 'compare'
  | 'save'
  | 'load'
  | 'publish'
  | 'verify'
  | 'record'
  | 'promote'
  | 'prune'
  | 'end';

/** What the events are of. */
export type ObservedCommand =
  | ReleaseCommand
  | 'trace'
  | 'map'
  | 'prune'
  | 'move-pointer'
  | 'deprecate';

/**
 * How a phase or a step ended: `done`; `problems`, which the report explains; `stopped` by an
 * abort; `failed` by an error that no report explains, because the call threw it.
 */
export type Ending = 'done' | 'problems' | 'stopped' | 'failed';

/** One artifact of a run. */
export interface EventArtifact {
  /** As `publisher` in the report: `npm:@scope/name`. */
  readonly publisher: string;
  /** `npm:@scope/name@0.1.0`; the first, if a publisher has several. */
  readonly coordinate?: string;
  readonly registry: string;
}

/** Whose event it is. */
interface OfArtifact {
  readonly phase: Phase;
  readonly publisher: string;
  /** As in `EventArtifact`. */
  readonly coordinate?: string;
}

/** Whose event it is, if it is one artifact's. */
interface OfPhase extends Partial<Omit<OfArtifact, 'phase'>> {
  readonly phase: Phase;
}

/** What happened. `type` says what; readers skip a type that they do not know. */
export type EventDetail =
  /** The commit is read and every artifact is planned. */
  | {
      readonly type: 'run-started';
      readonly command: ObservedCommand;
      /** Absent if the run begins with an artifact, of no commit that is known yet. */
      readonly sha?: string;
      readonly channel?: string;
      readonly artifacts: readonly EventArtifact[];
    }
  /** The report is complete. Absent if the call threw. */
  | {
      readonly type: 'run-ended';
      readonly status: Status;
      readonly exitCode: number;
      /** The codes of the report's problems. */
      readonly problems: readonly string[];
    }
  | { readonly type: 'phase-started'; readonly phase: Phase }
  | {
      readonly type: 'phase-ended';
      readonly phase: Phase;
      readonly outcome: Ending;
      readonly ms: number;
    }
  /** One call of a publisher's method. */
  | ({ readonly type: 'step-started'; readonly step: string } & OfArtifact)
  | ({
      readonly type: 'step-ended';
      readonly step: string;
      readonly outcome: Ending;
      readonly ms: number;
    } & OfArtifact)
  /** An artifact waits: for other artifacts, by their publishers' ids, or for its registry. */
  | ({
      readonly type: 'waiting';
      readonly for: readonly string[];
      readonly why: string;
    } & OfArtifact)
  /** What is known of an artifact now. */
  | ({
      readonly type: 'artifact';
      readonly outcome: 'to-publish' | 'built' | 'not-published' | Published['outcome'];
    } & OfArtifact)
  | ({
      readonly type: 'pointer';
      /** `dev`, `latest`. */
      readonly pointer: string;
      readonly outcome: PointerMove['outcome'];
    } & OfArtifact)
  /** A line of progress, for people: also what a build prints. */
  | ({ readonly type: 'progress'; readonly text: string } & OfPhase)
  /** What people should know, and no failure; the report has it, too. */
  | ({ readonly type: 'note'; readonly text: string } & OfPhase)
  /** A request of our own HTTP client, or of npm's. Address without user, query and fragment. */
  | ({
      readonly type: 'request';
      readonly method: string;
      readonly url: string;
      readonly status?: number;
      readonly failure?: string;
      readonly attempt: number;
      readonly ms: number;
    } & OfPhase)
  | ({
      readonly type: 'program';
      readonly argv: readonly string[];
      readonly exitCode?: number;
      readonly failure?: string;
      readonly ms: number;
    } & OfPhase);

/** What every event has. Never contains a secret. */
export interface EventStamp {
  readonly schema: typeof EVENT_SCHEMA;
  /** Counts the events of one run, from 1. */
  readonly sequence: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** The CI system's id of its run: GITHUB_RUN_ID, CI_PIPELINE_ID, …; absent outside of CI. */
  readonly runId?: string;
  /** The same in one line, for people. */
  readonly message: string;
}

/** One thing that a run did. Serialisable; one line of `--events`. */
export type EngineEvent = EventStamp & EventDetail;
