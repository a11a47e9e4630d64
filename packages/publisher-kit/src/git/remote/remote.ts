/**
 * Writes to and reads from a git host. Returns the host's failures as values. Never touches a
 * working tree.
 */
export interface GitRemote {
  /** As configured. Never contains a credential. */
  readonly url: string;
  /**
   * Lists the refs that match a pattern (git-ls-remote(1): `refs/heads/main`, `refs/tags/v*`), or
   * all without patterns. An empty result means that the host reported none.
   */
  lsRemote(
    patterns: readonly string[],
    options?: RemoteCall,
  ): Promise<{ readonly refs: readonly RemoteRef[] } | RemoteFailed>;
  /**
   * Fetches into a git directory, without further tags. `refs/heads/main`, or
   * `refs/heads/main:refs/mirror/main` to keep a ref. If all are object ids, git asks for no list of refs, which saves
   * a request; a host may refuse an id that no ref names.
   */
  fetch(
    gitDirectory: string,
    refspecs: readonly string[],
    options?: FetchCall,
  ): Promise<{ readonly fetched: true } | RemoteFailed>;
  /**
   * Pushes all updates or none (`--atomic`). An update with `expect` is a compare-and-swap. After a
   * doubtful answer it reads the refs: if they are as we want, they count as ours; if not, it
   * pushes again, a few times. If they still differ at the end, the outcome is `unknown`, unless
   * the host itself reported a failure.
   */
  push(
    gitDirectory: string,
    updates: readonly RefUpdate[],
    options?: PushCall,
  ): Promise<PushAnswer>;
}

export interface RemoteCall {
  readonly signal?: AbortSignal;
}

export interface FetchCall extends RemoteCall {
  /** Commits of history to fetch; all by default. */
  readonly depth?: number;
  /**
   * Bytes: leaves out larger files of what is fetched, if the host can (git-rev-list(1), `blob:limit`); a folder cannot. git then
   * takes the git directory for a partial clone, so use one of its own.
   */
  readonly maxFileBytes?: number;
  /**
   * True if the git directory and the host have no history in common, or so little that sending it again costs less than
   * asking: then git does not list what it has, which saves a request. It also counts what it borrows objects from.
   */
  readonly isUnrelated?: boolean;
}

export interface PushCall extends RemoteCall {
  /** True if the git directory is a partial clone: `FetchCall.maxFileBytes`. */
  readonly isPartial?: boolean;
}

export interface RemoteRef {
  readonly ref: string;
  /** The object that the ref names: for an annotated tag, the tag object. */
  readonly sha: string;
  /** The commit of an annotated tag. */
  readonly peeled?: string;
}

export interface RefUpdate {
  /** The full name: `refs/tags/v0.1.0`. */
  readonly ref: string;
  /**
   * The object that the ref should name; the git directory must have it. `null`: the ref should not
   * exist. `expect` must then be an id, so that only a ref that was read is deleted.
   */
  readonly sha: string | null;
  /**
   * `null`: the ref must not exist. An id: the ref must name it (a branch may then even move
   * backwards, as the caller decided that). Omitted: git's own rules, so a branch only moves
   * forwards and a tag never moves.
   */
  readonly expect?: string | null;
}

export interface RefResult {
  readonly ref: string;
  /**
   * `ok`: the ref names `sha` because of this push. `already`: it named `sha` before. `rejected`:
   * the host or the lease refused; nothing changed. `not-sent`: the push failed as a whole; nothing
   * changed. `unknown`: the ref may have changed, or may change yet.
   */
  readonly outcome: 'ok' | 'already' | 'rejected' | 'not-sent' | 'unknown';
  /**
   * Why a ref was rejected. `stale`: it does not name what the update expects. `exists`: a tag of
   * that name exists. `not-forward`: the branch would lose commits. `declined`: a hook or a rule of
   * the host. `atomic`: another ref of the same push was rejected.
   */
  readonly reason?: 'stale' | 'exists' | 'not-forward' | 'declined' | 'atomic';
  /** git's or the host's own words, redacted. */
  readonly detail?: string;
}

export interface PushAnswer {
  /** One result for each update, in the same order. */
  readonly results: readonly RefResult[];
  /** Why results are `not-sent` or `unknown`. */
  readonly failure?: RemoteFailure;
}

export interface RemoteFailed {
  readonly failure: RemoteFailure;
}

export interface RemoteFailure {
  /**
   * `authentication`: the host wants a credential, or rejects this one. `not-found`: no such
   * repository, or this credential may not see it. `moved`: the host redirects, which we do not
   * follow. `unreachable`: no answer, or one that says "later". `unknown-outcome`: the answer to a
   * push was lost. `other`: see the message.
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
