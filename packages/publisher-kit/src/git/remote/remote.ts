/**
 * The writing port of a git host. Failures of the host are values. Nothing is read from or written
 * to a working tree.
 */
export interface GitRemote {
  /** As given: it never holds a credential. */
  readonly url: string;
  /**
   * The refs that match any of the patterns (git-ls-remote(1): `refs/heads/main`, `refs/tags/v*`);
   * all for an empty list. An empty answer means the host said that there are none.
   */
  lsRemote(
    patterns: readonly string[],
    options?: RemoteCall,
  ): Promise<{ readonly refs: readonly RemoteRef[] } | RemoteFailed>;
  /**
   * Fetches into a git directory, without tags that are not asked for. `refs/heads/main`, or
   * `refs/heads/main:refs/mirror/main` to keep a ref.
   */
  fetch(
    gitDirectory: string,
    refspecs: readonly string[],
    options?: FetchCall,
  ): Promise<{ readonly fetched: true } | RemoteFailed>;
  /**
   * Pushes all updates, or none (`--atomic`). Each is a compare-and-swap when it says what it
   * expects. After an answer that leaves the outcome in doubt the refs are read again: what is
   * there is ours, and what is not is pushed again, a few times. When it is still not there in the
   * end, the outcome is `unknown`, unless the host itself had said that it failed.
   */
  push(
    gitDirectory: string,
    updates: readonly RefUpdate[],
    options?: RemoteCall,
  ): Promise<PushAnswer>;
}

export interface RemoteCall {
  readonly signal?: AbortSignal;
}

export interface FetchCall extends RemoteCall {
  /** Commits of history to fetch; all by default. */
  readonly depth?: number;
}

export interface RemoteRef {
  readonly ref: string;
  /** What the ref names: for an annotated tag, the tag object. */
  readonly sha: string;
  /** The commit behind an annotated tag. */
  readonly peeled?: string;
}

export interface RefUpdate {
  /** In full: `refs/tags/v0.1.0`. */
  readonly ref: string;
  /** The object it shall name, present in the git directory. */
  readonly sha: string;
  /**
   * `null`: the ref must not exist. An id: it must name that (a branch may then even move
   * backwards: the caller has decided). Left out: git's own rules, so a branch moves forwards only
   * and a tag never.
   */
  readonly expect?: string | null;
}

export interface RefResult {
  readonly ref: string;
  /**
   * `ok`: it names `sha` because of this push. `already`: it named `sha` before. `rejected`: the
   * host or the lease refused, nothing changed. `not-sent`: nothing changed, because the push
   * failed as a whole. `unknown`: it may have changed, or may change yet.
   */
  readonly outcome: 'ok' | 'already' | 'rejected' | 'not-sent' | 'unknown';
  /**
   * Of a rejected one. `stale`: it names something else than expected. `exists`: a tag of that name
   * is there. `not-forward`: the branch would lose commits. `declined`: a hook or a rule of the
   * host. `atomic`: another ref of the same push was rejected.
   */
  readonly reason?: 'stale' | 'exists' | 'not-forward' | 'declined' | 'atomic';
  /** git's or the host's own words, redacted. */
  readonly detail?: string;
}

export interface PushAnswer {
  /** One for each update, in its order. */
  readonly results: readonly RefResult[];
  /** Why results are `not-sent` or `unknown`. */
  readonly failure?: RemoteFailure;
}

export interface RemoteFailed {
  readonly failure: RemoteFailure;
}

export interface RemoteFailure {
  /**
   * `authentication`: the host wants a credential, or does not accept this one. `not-found`: no
   * such repository, or hidden from this credential. `moved`: the host answers with a redirect,
   * which is not followed. `unreachable`: no answer, or one that says "later". `unknown-outcome`: a
   * push whose answer got lost. `other`: see the message.
   */
  readonly kind:
    | 'authentication'
    | 'not-found'
    | 'moved'
    | 'unreachable'
    | 'unknown-outcome'
    | 'other';
  /** One sentence with git's own words, redacted. */
  readonly message: string;
}
