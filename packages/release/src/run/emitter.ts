import type { RunEnvironment } from '../commit/ci-run.ts';
import type { Status } from '../report/status.ts';
import type { Clock } from './clock.ts';
import { eventMessage } from './event-message.ts';
import { createEventRedactor, type EventRedactor } from './event-redactor.ts';
import { type EngineEvent, EVENT_SCHEMA, type EventDetail } from './events.ts';

/**
 * Called with each event of a run. While it cannot keep up it may return a promise: a program whose
 * output it receives then waits. An error that it throws is ignored.
 */
export type Listener = (event: EngineEvent) => unknown;

/** Emits the events of one run. */
export interface Emitter extends Pick<EventRedactor, 'know'> {
  /**
   * Never throws or rejects: a failing listener must not end a release half-way. Returns a promise
   * while the listener cannot keep up.
   */
  emit(detail: EventDetail): void | PromiseLike<void>;
}

export interface EmitterOptions {
  readonly onEvent?: Listener | undefined;
  readonly clock: Clock;
  /** The environment, in which CI systems set the id of their run. */
  readonly env: RunEnvironment;
}

const ignore = (): void => undefined;

export function createEmitter({ clock, env, onEvent }: EmitterOptions): Emitter {
  if (onEvent === undefined) return { emit: ignore, know: ignore };
  const id = runId(env);
  const redactor = createEventRedactor();
  let sequence = 0;
  return {
    know: (runs) => redactor.know(runs),
    emit(detail) {
      try {
        const shown = redactor.redact(detail);
        const busy = onEvent({
          schema: EVENT_SCHEMA,
          sequence: ++sequence,
          time: clock.date().toISOString(),
          ...(id === undefined ? {} : { runId: id }),
          message: oneLine(eventMessage(shown)),
          ...shown,
        });
        return busy instanceof Promise ? busy.then(ignore, ignore) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** The parts of a report that go into the last event. */
export interface Ended {
  readonly status: Status;
  readonly exitCode: number;
  readonly problems: readonly { readonly code: string }[];
}

/** Emits a run's last event. */
export function emitEnd(emitter: Emitter, { exitCode, problems, status }: Ended): void {
  const codes = problems.map(({ code }) => code);
  void emitter.emit({ type: 'run-ended', status, exitCode, problems: codes });
}

function oneLine(text: string): string {
  return text.includes('\n') ? text.trim().replaceAll(/\s*\n\s*/g, ' ') : text;
}

/** GitHub Actions, Gitea and Forgejo; GitLab; CircleCI; Jenkins; Azure Pipelines; Buildkite. */
const RUN_IDS = [
  'GITHUB_RUN_ID',
  'CI_PIPELINE_ID',
  'CIRCLE_WORKFLOW_ID',
  'BUILD_TAG',
  'BUILD_BUILDID',
  'BUILDKITE_BUILD_ID',
] as const;

function runId(env: RunEnvironment): string | undefined {
  return RUN_IDS.map((name) => env[name]).find((value) => value !== undefined && value !== '');
}
