import type { Result } from '../result.ts';
import type { Coordinate } from './coordinate.ts';
import type { PublisherId, RequiredArtifact } from './plan.ts';
import type { History, SourceTree } from './source.ts';

/** What the engine passes to each method of a publisher. */
export interface Step {
  /** Stops the run. It is the same for all steps of a run, and for no other run. */
  readonly signal: AbortSignal;
  /** The released commit, for reading. Offline. */
  readonly source: SourceTree;
  /**
   * This publisher's own folder, absolute. It is empty at the first step and stays the same for the
   * whole run.
   */
  readonly workspace: string;
  /**
   * The run's checkout of the commit, absolute, after `prepare` ran. Exists only during `build`,
   * and only for publishers whose `buildsFrom` asks for it.
   */
  readonly checkout: string;
  /** True if the program that `build` would run has already run in the checkout: see `Publisher.buildKey`. */
  readonly hasRun?: boolean;
  /**
   * Variables for every program that a build starts: the tuple and its versions (`AMEIDE_SHA`, …)
   * and `SOURCE_DATE_EPOCH`.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly history: History;
  /**
   * True if every run of the commit makes the same bytes: `Publisher.isReproducible`, and no `prepare`
   * can change what is built. Default false.
   */
  readonly isReproducible?: boolean;
  /**
   * Answers only during `build`, and only for the plan's `requires`: waits until that artifact is
   * built, if it has to be, and describes it.
   */
  resolve(required: Coordinate): Promise<Result<RequiredArtifact>>;
  /**
   * Shows progress. Returns a promise while whoever shows it cannot keep up: before it emits many more
   * events, the lines of a program for example, the publisher waits for it.
   */
  emit(event: ReleaseEvent): void | PromiseLike<void>;
}

/** Progress, for people. Never contains a secret. */
export interface ReleaseEvent {
  readonly publisher: PublisherId;
  readonly message: string;
  /** True if the report keeps it: what people should know, and no failure. */
  readonly isNote?: true;
}
