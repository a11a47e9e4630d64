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
  /** Log lines besides the events: of the proxy, of a server. */
  lines?(): readonly string[];
  close(): Promise<void>;
}

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
  | 'reproducible'
  | 'read-back'
  | 'same-second'
  | 'pointer-backwards'
  | 'pointer-by-hand'
  | 'no-overwrite'
  | 'no-secret-shown';
