import type { Result } from '../result.ts';
import type { Coordinate, Pointer } from './coordinate.ts';
import type { Problem } from './problem.ts';
import type { Member, Release } from './release.ts';
import type { History, SourceTree } from './source.ts';

/**
 * `npm:@ameideio/ameide-sdk-ts`, `go:github.com/ameideio/ameide-sdk-go`: an ecosystem, a colon and
 * a name. Unique in a release.
 */
export type PublisherId = string;

/**
 * What a release definition lists, and what `npm({ directory })` returns: a publisher that is not
 * looking at a commit yet.
 */
export interface PublisherDefinition<P extends Plan = Plan, B extends Built = Built> {
  /** Names the entry while its id is not known: `npm(packages/ameide_sdk_ts)`. */
  readonly label: string;
  /**
   * Reads the manifests of one commit. Throws `InvalidInputError` when they cannot be published as
   * they are.
   */
  open(source: SourceTree): Promise<Publisher<P, B>>;
}

/**
 * Carries one artifact (or a few of one name) to one registry. It knows nothing of order,
 * concurrency, retries of steps or other publishers; the engine does. Expected failures are values;
 * exceptions are wrong calls, aborts and bugs. The engine calls `plan`, `validate`, then `check`,
 * `inspect` and `pointers` together, then `build`, `publish`, `inspect` again, and `promote`.
 */
export interface Publisher<P extends Plan = Plan, B extends Built = Built> {
  readonly id: PublisherId;
  /**
   * When a published version reaches consumers: with `publish` itself (PyPI, Go), or only once
   * `promote` moves a pointer to it (npm, OCI).
   */
  readonly visibleOn: 'publish' | 'promote';
  /** What it contributes to `Release.members`. */
  readonly members: readonly Member[];
  /**
   * Pure: coordinates and pointers, no I/O, no clock. Throws `InvalidInputError` when a release
   * cannot be expressed.
   */
  plan(release: Release): P;
  /**
   * Everything else that the commit and the definition decide: the files that would be published,
   * their names, links, submodules. Offline; every problem at once, each of kind `input`.
   */
  validate?(plan: P, step: Step): Promise<readonly Problem[]>;
  /** Names, credentials, tools, reachability. Reads only. */
  check(plan: P, step: Step): Promise<readonly Problem[]>;
  /**
   * What the registry holds: one finding for each coordinate of a plan (compared by digest when
   * `built` is given), or the one finding for a coordinate, whatever built it. Reads only. The
   * preflight, resume, verify and trace all use it.
   */
  inspect(subject: Subject<P, B>, step: Step): Promise<readonly Finding[]>;
  /**
   * What `build` reads:
   * - `objects` (the default): `step.source` alone; `step.checkout` is empty.
   * - `checkout`: `step.checkout`, which it shares with other publishers and does not write to.
   * - `own-checkout`: a copy of the checkout that is its own, as it runs a program there.
   */
  readonly buildsFrom?: 'objects' | 'checkout' | 'own-checkout';
  /** Makes the bytes in `step.workspace`. */
  build(plan: P, step: Step): Promise<Result<B>>;
  /** Uploads what is absent. Never overwrites; reads again before it decides on a doubtful answer. */
  publish(plan: P, built: B, step: Step): Promise<readonly Published[]>;
  /** Moves the plan's pointers, never backwards. Absent where the registry has none (PyPI). */
  promote?(plan: P, step: Step): Promise<readonly PointerMove[]>;
  /** What the plan's pointers name now. Reads only. Absent where `promote` is. */
  pointers?(plan: P, step: Step): Promise<readonly PointerFinding[]>;
}

/** Publishers extend it with what their later verbs need. Serialisable as JSON. */
export interface Plan {
  readonly publisher: PublisherId;
  /** The registry's address, for people: `https://registry.npmjs.org`. */
  readonly registry: string;
  /** The full source SHA that every artifact must name. */
  readonly sha: string;
  readonly coordinates: readonly Coordinate[];
  readonly pointers: readonly Pointer[];
  /**
   * Artifacts of the same release that nobody can install this one without: dependencies on its
   * members that no earlier version satisfies.
   */
  readonly requires?: readonly Coordinate[];
}

export type Subject<P extends Plan, B extends Built> =
  | { readonly plan: P; readonly built?: B }
  | { readonly coordinate: Coordinate };

/**
 * - `absent`: the registry says there is no such version.
 * - `identical`: it is there and its digest equals the built one.
 * - `same-source`: it names our SHA; its bytes were not compared, or differ.
 * - `conflict`: it is there and names another SHA, or none.
 * - `unknown`: the registry did not say. Never treated as `absent`.
 */
export type FindingState = 'absent' | 'identical' | 'same-source' | 'conflict' | 'unknown';

export interface Finding {
  readonly coordinate: Coordinate;
  readonly state: FindingState;
  /**
   * The version that clients resolve the coordinate to, where it is another: a Go mirror's
   * `source-<sha>` is a pseudo-version to `go`.
   */
  readonly resolved?: string;
  /** The full source SHA read back from the registry's artifact. */
  readonly sha?: string;
  /** `sha512-…` for npm, `sha256:<hex>` for PyPI and OCI, the mirror or source commit for Go. */
  readonly digest?: string;
  /**
   * Each file of the coordinate, where it has several (a wheel and an sdist) or a file of its own
   * is missing.
   */
  readonly files?: readonly FileFinding[];
  /**
   * Why it is `conflict` or `unknown`; or why there can be no such version, where it is `absent`.
   */
  readonly problem?: Problem;
}

export interface FileFinding {
  readonly name: string;
  readonly state: FindingState;
  readonly digest?: string;
}

/** Publishers extend it with paths and digests. Serialisable as JSON. */
export interface Built {
  readonly artifacts: readonly Artifact[];
}

export interface Artifact {
  readonly coordinate: Coordinate;
  /** File name, the manifest's media type for an image, `commit` for a Go module. */
  readonly name: string;
  /** As in `Finding`. */
  readonly digest: string;
  /** Bytes; 0 for a commit. */
  readonly size: number;
}

export interface Published {
  readonly coordinate: Coordinate;
  readonly outcome: 'published' | 'already-there' | 'conflict' | 'incomplete' | 'unknown';
  readonly digest?: string;
  /** Present unless the outcome is `published` or `already-there`. */
  readonly problem?: Problem;
}

export interface PointerMove {
  readonly pointer: Pointer;
  /**
   * `superseded`: it already names something newer, and stays there. That is a success. `blocked`: it
   * could not be moved safely.
   */
  readonly outcome: 'moved' | 'already' | 'superseded' | 'blocked';
  /** The version it named before; absent when there was none. */
  readonly from?: string;
  /** Present when `blocked`. */
  readonly problem?: Problem;
}

export interface PointerFinding {
  readonly pointer: Pointer;
  /** What it names now; absent when the pointer does not exist. */
  readonly version?: string;
  /** The source SHA behind that version, where the registry says so. */
  readonly sha?: string;
  readonly problem?: Problem;
}

/** What the engine lends to a verb. */
export interface Step {
  readonly signal: AbortSignal;
  /** The commit that is released, for reading. Offline. */
  readonly source: SourceTree;
  /**
   * A folder of this publisher's own, absolute: empty before its first verb, and the same one for
   * all of a run's.
   */
  readonly workspace: string;
  /**
   * The run's checkout of the commit, absolute, with `prepare` done. There is one while `build`
   * runs, for publishers whose `buildsFrom` asks for it.
   */
  readonly checkout: string;
  /**
   * What every program that a build starts sees in its environment: the tuple and its versions
   * (`AMEIDE_SHA`, …) and `SOURCE_DATE_EPOCH`.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly history: History;
  emit(event: ReleaseEvent): void;
}

/** Progress, for people. Never holds a secret. */
export interface ReleaseEvent {
  readonly publisher: PublisherId;
  readonly message: string;
}
