import type { PublisherDefinition } from '@ameide/versioning-core';

/**
 * A registry, and a source repository to publish to it. `contractRepository` makes such a
 * repository.
 */
export interface ContractWorld {
  /**
   * A git repository whose commits `a` and `b` have the base 0.1.0 and were committed in the same
   * second.
   */
  readonly directory: string;
  readonly a: string;
  readonly b: string;
  /**
   * An ancestor of `a` with the same base, committed earlier. The cases about pointers need it;
   * omit it if there are none.
   */
  readonly older?: string;
  /**
   * True for a registry that only has releases, so that a dev build publishes nothing. Each commit is
   * then published as a release with its own version, later commits with higher versions.
   */
  readonly releasesOnly?: boolean;
  /** The publisher as users configure it, with a token that may write or one that may not. */
  definition(token: 'right' | 'wrong'): PublisherDefinition;
  /** Every token and password in use, including the wrong one. */
  readonly secrets: readonly string[];
  /**
   * How many requests have tried to change the registry so far: counted by a recording proxy or a
   * push hook.
   */
  mutations(): number;
  /**
   * Everything in the registry: names, digests and pointers, as data that compares equal if nothing
   * has changed.
   */
  snapshot(): Promise<unknown>;
  /** Makes a commit on top of `a` and of every commit that this made before. Returns its SHA. */
  next(): string;
  /** Puts a hook between the publisher and the registry, or removes it. */
  intercept(hook: ((request: InterceptedRequest) => ReturnType<Interception>) | undefined): void;
  /**
   * Resolves when the registry has carried out all that it was sent. Without it the next run may
   * read what a stopped run's last write has half written, which no run started by a person or a CI
   * system does.
   */
  idle?(): Promise<void>;
  /** Log lines besides the events: of the proxy, of a server. */
  lines?(): readonly string[];
  close(): Promise<void>;
}

/** A request of the publisher. */
interface InterceptedRequest {
  readonly mutating: boolean;
}

/** Decides what happens to a request before the registry gets it; undefined passes it on. */
export type Interception = (
  request: InterceptedRequest,
  /** The number of mutating requests so far, with this one, since the hook was set. */
  write: number,
) => Obstacle | undefined | Promise<Obstacle | undefined>;

/**
 * - `too-many-requests`: 429 with `Retry-After: 1`.
 * - `not-found`: 404.
 * - `unavailable`: 503.
 * - `connection-lost`: the connection is reset; the registry never sees the request.
 * - `answer-lost`: the registry handles the request; then the connection is reset.
 */
export type Obstacle =
  | 'too-many-requests'
  | 'not-found'
  | 'unavailable'
  | 'connection-lost'
  | 'answer-lost';

export interface ContractOptions {
  /**
   * Cases that this registry cannot have, with the reasons, which the suite's title shows. They are
   * omitted, not skipped.
   */
  readonly except?: Readonly<Partial<Record<ContractCaseName, string>>>;
  /** The timeout of each case. Default: vitest's own. */
  readonly timeoutMs?: number;
}

export type ContractCaseName =
  | 'pure-plan'
  | 'wrong-token'
  | 'abort'
  | 'publish'
  | 'again'
  | 'another-machine'
  | 'rehearse'
  | 'reproducible'
  | 'list-empty'
  | 'list'
  | 'read-back'
  | 'same-second'
  | 'pointer-backwards'
  | 'pointer-by-hand'
  | 'no-overwrite'
  | 'removal-wrong-token'
  | 'remove'
  | 'removal-stopped'
  | 'too-many-requests'
  | 'hidden'
  | 'stopped'
  | 'two-runs'
  | 'two-commits'
  | 'no-secret-shown';
