import type { PublisherDefinition } from '@ameide/versioning-core';

/**
 * A registry, and a source repository that a publisher publishes to it. `contractRepository` makes
 * such a repository.
 */
export interface ContractWorld {
  /**
   * A git repository whose commits `a` and `b` both hold base 0.1.0, and were committed in the same
   * second.
   */
  readonly directory: string;
  readonly a: string;
  readonly b: string;
  /**
   * An ancestor of `a`, with the same base and committed earlier: for pointers. May be left out
   * where there are none.
   */
  readonly older?: string;
  /** The publisher as users configure it, with a token that may write or with one that may not. */
  definition(token: 'right' | 'wrong'): PublisherDefinition;
  /** Every token and password in play, the wrong one too. */
  readonly secrets: readonly string[];
  /**
   * How many requests have tried to change something at the registry so far: from a recording
   * proxy, or a hook on pushes.
   */
  mutations(): number;
  /**
   * Everything the registry holds, names, digests and pointers, as data that compares equal when
   * nothing has changed.
   */
  snapshot(): Promise<unknown>;
  /** What was logged beside the events: the proxy's lines, a server's log. */
  lines?(): readonly string[];
  close(): Promise<void>;
}

export interface ContractOptions {
  /**
   * Cases this registry cannot have, each with the reason, which the suite's title names: they are
   * left out, not skipped.
   */
  readonly except?: Readonly<Partial<Record<ContractCaseName, string>>>;
  /** For each case. Default: vitest's own. */
  readonly timeoutMs?: number;
}

export type ContractCaseName =
  | 'pure-plan'
  | 'wrong-token'
  | 'abort'
  | 'publish'
  | 'again'
  | 'reproducible'
  | 'read-back'
  | 'same-second'
  | 'pointer-backwards'
  | 'no-overwrite'
  | 'no-secret-shown';
