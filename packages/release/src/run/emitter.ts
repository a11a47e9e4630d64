import type { RunEnvironment } from '../commit/ci-run.ts';
import type { Clock } from './clock.ts';
import { eventMessage } from './event-message.ts';
import { type EngineEvent, EVENT_SCHEMA, type EventDetail } from './events.ts';

/**
 * Gets the events of a run. While it cannot keep up it may return a promise: a program whose output
 * it gets then waits. What it throws is ignored.
 */
export type Listener = (event: EngineEvent) => unknown;

/** Emits the events of one run. */
export interface Emitter {
  /**
   * Never throws or rejects: a failing listener must not end a release half-way. Returns a promise
   * while the listener cannot keep up.
   */
  emit(detail: EventDetail): void | PromiseLike<void>;
}

export interface EmitterOptions {
  readonly onEvent?: Listener | undefined;
  readonly clock: Clock;
  /** Where CI systems say which run it is. */
  readonly env: RunEnvironment;
}

const ignore = (): void => undefined;

export function createEmitter({ clock, env, onEvent }: EmitterOptions): Emitter {
  if (onEvent === undefined) return { emit: ignore };
  const id = runId(env);
  let sequence = 0;
  return {
    emit(detail) {
      try {
        const busy = onEvent({
          schema: EVENT_SCHEMA,
          sequence: ++sequence,
          time: clock.date().toISOString(),
          ...(id === undefined ? {} : { runId: id }),
          message: eventMessage(detail),
          ...detail,
        });
        return busy instanceof Promise ? busy.then(ignore, ignore) : undefined;
      } catch {
        return undefined;
      }
    },
  };
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
