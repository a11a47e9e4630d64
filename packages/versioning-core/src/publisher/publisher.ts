import type { Result } from '../result.ts';
import type { AttachedFile, Attachment } from './attachment.ts';
import type { Rehearsal } from './contents.ts';
import type { Coordinate } from './coordinate.ts';
import type { Deprecation, RequestedDeprecation } from './deprecation.ts';
import type { Built, Plan, PlanSubject, PublisherId, RequiredArtifact, Subject } from './plan.ts';
import type { Problem } from './problem.ts';
import type { Proof, Signed } from './proof.ts';
import type { Member, Release } from './release.ts';
import type {
  Finding,
  PointerFinding,
  PointerMove,
  Published,
  Removed,
  RequestedMove,
  VersionList,
  VersionQuestion,
} from './results.ts';
import type { SourceTree } from './source.ts';
import type { Step } from './step.ts';

/**
 * One entry of a release definition, as `npm({ directory })` returns it. It has not read a commit
 * yet.
 */
export interface PublisherDefinition<P extends Plan = Plan, B extends Built = Built> {
  /** Names the entry in messages until its id is known: `npm(packages/ameide_sdk_ts)`. */
  readonly label: string;
  /** From `settingsOf`: what it runs, and from where it publishes. Other settings make another plan. */
  readonly settings?: unknown;
  /**
   * The folder of the Go module that it publishes, and the repository that it is mirrored to: from
   * these `version` derives the module's version without opening a publisher.
   */
  readonly goModule?: { readonly directory: string; readonly mirror?: string };
  /** The npm or PyPI package that it publishes: with this its manifest is found without a commit. */
  readonly package?: PublishedPackage;
  /** The image that it publishes, `ghcr.io/acme/sdk`: the policy for manifests knows it without a commit. */
  readonly image?: string;
  /** How it signs its image; absent: not at all. */
  readonly imageSignature?: 'keyless' | 'key';
  /** Reads the manifests of one commit. Throws `InvalidInputError` if they cannot be published. */
  open(source: SourceTree): Promise<Publisher<P, B>>;
}

/** A package as a definition names it: by the folder that it is made from, or, of a bundle, by its name. */
export interface PublishedPackage {
  readonly ecosystem: 'npm' | 'pypi';
  /** Relative to the repository's root; `''` for the root itself. */
  readonly directory?: string;
  readonly name?: string;
  /** The address that it is uploaded to. */
  readonly registry: string;
}

/**
 * Publishes one artifact (or a few of one name) to one registry. The engine, not the publisher,
 * decides order, concurrency and retries of steps. Returns expected failures as values; throws only
 * for wrong calls, aborts and bugs. The engine calls `plan`, `validate`, then `check`, `inspect`
 * and `pointers` in parallel, then `build`, `publish`, `inspect` again, `sign`, `attach`, and `promote`. Where another
 * machine publishes, it calls `save` after `build`, and on that machine `load` in place of `build`. A
 * dry run ends with `rehearse` after `build`.
 */
export interface Publisher<P extends Plan = Plan, B extends Built = Built> {
  readonly id: PublisherId;
  /**
   * When consumers get a published version: as soon as `publish` uploads it (PyPI, Go, npm without a
   * token), or only when `promote` moves a pointer to it (npm, OCI).
   */
  readonly visibleOn: 'publish' | 'promote';
  /**
   * True if its options have no token: it takes the one that the environment has for its ecosystem,
   * although that may be for another registry. So at most one of the publishers of a package may.
   */
  readonly takesCommonToken?: boolean;
  /**
   * Returns the secrets that it sends to its registry, as far as it knows them by now: nothing that is
   * published may contain one. Absent if it has none.
   */
  secrets?(): readonly { reveal(): string }[];
  /** The names that it adds to `Release.members`. */
  readonly members: readonly Member[];
  /**
   * Returns coordinates and pointers. Pure: no I/O, no clock. Throws `InvalidInputError` if the
   * ecosystem cannot express this release.
   */
  plan(release: Release): P;
  /**
   * Checks everything else that the commit and the definition decide: the files to publish, their
   * names, links, submodules. Offline. Returns all problems at once, each of kind `input`.
   */
  validate?(plan: P, step: Step): Promise<readonly Problem[]>;
  /** Checks names, credentials and reachability. Only reads. */
  check(plan: P, step: Step): Promise<readonly Problem[]>;
  /**
   * Checks that this machine has the programs that `build` needs. Its problems count only if something
   * has to be built. Only reads.
   */
  checkTools?(plan: P, step: Step): Promise<readonly Problem[]>;
  /**
   * Reports what the registry has: one finding for each coordinate of a plan (compared by digest if
   * `built` is given), or one finding for a single coordinate, whatever built it. Only reads. The
   * preflight, resume, verify and trace steps use it.
   */
  inspect(subject: Subject<P, B>, step: Step): Promise<readonly Finding[]>;
  /**
   * True if `inspect` can also answer about a coordinate of another name: an earlier name, on the
   * same registry. Absent if it answers about its members only.
   */
  canInspect?(coordinate: Coordinate): boolean;
  /**
   * Lists every version that the registry has under the plan's name, whatever built it and whatever
   * the plan's version is. A registry that does not answer is a problem, never an empty list. Only
   * reads. Absent if the registry cannot list versions. `question` may ask for what takes another request.
   */
  versions?(plan: P, step: Step, question?: VersionQuestion): Promise<Result<VersionList>>;
  /**
   * What `build` reads:
   * - `objects` (the default): `step.source` alone; `step.checkout` is empty.
   * - `checkout`: `step.checkout`, which it shares with other publishers and does not write to.
   * - `own-checkout`: a copy of the checkout that is its own, as it runs a program there.
   */
  readonly buildsFrom?: 'objects' | 'checkout' | 'own-checkout';
  /**
   * With `own-checkout`: a string of everything that decides what the build does in its checkout: the
   * command, its folder, what is stamped before it. Publishers of a release with equal keys share one
   * checkout, and all but the first get `step.hasRun`. Absent if this publisher shares with none.
   */
  buildKey?(plan: P): string;
  /**
   * True if `build` runs no program and adds nothing of this machine, so that one commit gives the same
   * bytes everywhere, as long as no `prepare` changes the checkout. An artifact that names our commit
   * and has other bytes is then a conflict.
   */
  readonly isReproducible?: boolean;
  /**
   * Makes the bytes in `step.workspace`. With `step.hasRun`, the program of another publisher with the
   * same `buildKey` has already run in `step.checkout`: then this one only reads there.
   */
  build(plan: P, step: Step): Promise<Result<B>>;
  /**
   * Tells publishers of the same release how to name its artifact in theirs: what was built, or,
   * without `built`, what the registry has. Only reads. Absent if no other artifact names this
   * one's version or checksums.
   */
  describe?(subject: PlanSubject<P, B>, step: Step): Promise<Result<RequiredArtifact>>;
  /**
   * Writes what `build` made into an empty folder, in the ecosystem's own form (a .tgz, wheels, an OCI
   * image layout), so that another machine can publish it. Does nothing if nothing was made: a tag
   * on a commit. `folder` is absolute.
   */
  save(built: B, folder: string, step: Step): Promise<void>;
  /**
   * Reads a folder that `save` filled on another machine, and checks it as `build` checks what it
   * made. Runs no program of the repository. The files stay there, unchanged, during the run.
   */
  load(plan: P, folder: string, step: Step): Promise<Result<B>>;
  /**
   * Lists the files of what was built, and of the version to compare it with: this one if it is
   * published, else the one that the plan's first pointer names, else the highest one before it.
   * Reads the registry only for the version to compare with.
   */
  rehearse(plan: P, built: B, step: Step): Promise<Rehearsal>;
  /**
   * Uploads what is absent and never overwrites. After an unclear answer it reads the registry
   * again before it decides.
   */
  publish(plan: P, built: B, step: Step): Promise<readonly Published[]>;
  /**
   * Signs what the registry has of the plan, by digest: after it is read back, before any pointer moves.
   * What carries a valid proof of the same signer is not signed again, so this completes a run that was
   * stopped. Returns one result for each proof that the options ask for. `built` is what this run has built
   * or loaded, which may be another build than the published one. `seen` is what the registry had when it was
   * compared with the plan: what has another digest by now, somebody has put in its place, and it is not signed.
   * Absent if the options ask for no proof, or if proofs can only come with the upload.
   */
  sign?(plan: P, step: Step, built?: B, seen?: readonly Finding[]): Promise<readonly Signed[]>;
  /**
   * True if `sign` still needs what `build` makes, such as an SBOM that is not attached: then it is built
   * even if everything is published. False if that cannot be read, which `check` reports. Only reads.
   * Absent if `sign` never needs it.
   */
  needsBuildToSign?(plan: P, step: Step): Promise<boolean>;
  /**
   * Reads the proofs of what the registry has of the plan, and verifies them: one answer for each that the
   * options ask for. Only reads. Absent if they ask for none.
   */
  proofs?(plan: P, step: Step): Promise<readonly Proof[]>;
  /**
   * Attaches files about the whole release to the published artifact of a plan: after `publish` of every
   * publisher, before `promote`. A file that is attached already is not written again, and a file that
   * consumers may have is never replaced. Returns one result for each file, and for each that it adds
   * itself (`SHA256SUMS`). Absent if the registry cannot attach files.
   */
  attach?(plan: P, files: readonly AttachedFile[], step: Step): Promise<readonly Attachment[]>;
  /** Moves the plan's pointers, never backwards. Absent if the registry has no pointers (PyPI). */
  promote?(plan: P, step: Step): Promise<readonly PointerMove[]>;
  /**
   * Reports what the plan's pointers name now, in their order, and then, each with a note, those
   * that the registry sets by itself. Only reads. Absent if `promote` is.
   */
  pointers?(plan: P, step: Step): Promise<readonly PointerFinding[]>;
  /**
   * True for a pointer that some release of this definition moves: `dev`, `latest`, `0.1`. With a
   * version, written as in coordinates, only if the pointer may name it: `latest` names no dev build.
   */
  managesPointer?(pointer: string, version?: string): boolean;
  /**
   * Moves one pointer to a published version because a person asked for it, backwards too, and only
   * while it names what the person saw. `plan` may be of any commit and channel. Absent if `promote`
   * is.
   */
  movePointer?(plan: P, move: RequestedMove, step: Step): Promise<PointerMove>;
  /**
   * Marks one published version as one not to install, or takes that back, because a person asked
   * for it; another tool may have published it. `plan` may be of any commit and channel. Absent if the registry
   * has no such mark, or only people can set it.
   */
  deprecate?(plan: P, request: RequestedDeprecation, step: Step): Promise<Deprecation>;
  /** Checks that the registry and the token allow `remove`. Only reads. Absent if `remove` is absent. */
  checkRemoval?(plan: P, step: Step): Promise<readonly Problem[]>;
  /**
   * Removes dev builds because a person asked for it, with their parts that nothing else uses: an image's
   * platforms, signatures and attestations. Reads the registry again first, and keeps what any other
   * version or name there needs. Throws `InvalidInputError` for a coordinate that is no dev build of this
   * artifact. `plan` may be of any commit and channel. Absent if versions cannot be removed.
   */
  remove?(plan: P, coordinates: readonly Coordinate[], step: Step): Promise<readonly Removed[]>;
}

/** A publisher that can attach files about a whole release: to a GitHub release, or to an image. */
export type Attaches<P extends Plan = Plan, B extends Built = Built> = Publisher<P, B> &
  Required<Pick<Publisher<P, B>, 'attach'>>;
