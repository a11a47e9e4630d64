import type { PointerMove, Published, Removed } from '@ameide/versioning-core';
import type { ReleaseCommand } from '../report/command.ts';
import type { Status } from '../report/status.ts';

/** The schema of every event: `@ameide/release/schemas/event-1.schema.json`. */
export const EVENT_SCHEMA = 'ameide-release/event/1';

/** The phases of a command. `publishRelease` (engine/release.ts) sets the order of a release's. */
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
  | 'sign'
  | 'record'
  | 'promote'
  | 'prune'
  | 'end';

/** The command whose run emits the events. */
export type ObservedCommand =
  | ReleaseCommand
  | 'trace'
  | 'verify'
  | 'map'
  | 'prune'
  | 'move-pointer'
  | 'migrate'
  | 'withdraw'
  | 'deprecate'
  | 'deploy'
  | 'consume'
  | 'inventory'
  | 'doctor';

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

/** The artifact that an event is about. */
interface OfArtifact {
  readonly phase: Phase;
  readonly publisher: string;
  /** As in `EventArtifact`. */
  readonly coordinate?: string;
}

/** The phase that an event is about, and the artifact, if it is about one alone. */
interface OfPhase extends Partial<Omit<OfArtifact, 'phase'>> {
  readonly phase: Phase;
}

/** What happened. Readers skip an event whose `type` they do not know. */
export type EventDetail =
  /** The commit is read and every artifact is planned. */
  | {
      readonly type: 'run-started';
      readonly command: ObservedCommand;
      /** Absent if the command asks about an artifact whose commit is not known yet. */
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
  /** The state of an artifact has changed. */
  | ({
      readonly type: 'artifact';
      readonly outcome:
        | 'to-publish'
        | 'built'
        | 'not-published'
        | Published['outcome']
        | Removed['outcome'];
    } & OfArtifact)
  | ({
      readonly type: 'pointer';
      /** `dev`, `latest`. */
      readonly pointer: string;
      readonly outcome: PointerMove['outcome'];
    } & OfArtifact)
  /** A line of progress for people, such as a line that a build prints. */
  | ({ readonly type: 'progress'; readonly text: string } & OfPhase)
  /** Something that people should know and that is no failure. The report has it, too. */
  | ({ readonly type: 'note'; readonly text: string } & OfPhase)
  /** A request of our own HTTP client, or of npm's. `url` has no user, query or fragment. */
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
  /** What happened, in one line for people. */
  readonly message: string;
}

/** One thing that a run did. Serialisable; one line of `--events`. */
export type EngineEvent = EventStamp & EventDetail;
