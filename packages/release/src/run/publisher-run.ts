import {
  type Built,
  type Coordinate,
  type Finding,
  type FindingState,
  findAnswer,
  formatCoordinate,
  isOurs,
  type Plan,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Proof,
  type Published,
  type Publisher,
  type PublisherId,
  type Rehearsal,
} from '@ameide/versioning-core';
import type { EventArtifact, Phase } from './events.ts';

/**
 * One publisher's part of a release, and its results so far. Each phase returns new runs; a report
 * can be made from them after any phase.
 */
export interface PublisherRun {
  /** The publisher's id; where a release has it at several registries, with the registry. */
  readonly id: PublisherId;
  readonly publisher: Publisher;
  readonly plan: Plan;
  /** True if a build here gives the bytes that any other build of the commit has given. */
  readonly isReproducible: boolean;
  /** What the registry had before the release. */
  readonly findings: readonly Finding[];
  /** True if all is published, and signing it still needs what a build makes. */
  readonly needsBuildToSign?: boolean;
  /** What the pointers named before the release. */
  readonly pointersBefore: readonly PointerFinding[];
  /** What `promote` will do to the pointers, as far as that can be predicted. */
  readonly expectedMoves?: readonly PointerMove[];
  readonly built?: Built;
  /** The folder that what was built was loaded from: its own copy, absolute. */
  readonly loadedFrom?: string;
  /** True once what was built is saved for another machine. */
  readonly isSaved?: boolean;
  /** Its files, and those that are published. */
  readonly rehearsal?: Rehearsal;
  /** What may have reached the registry. Set before the first request that writes. */
  readonly writesBegun: WritesBegun;
  readonly published: readonly Published[];
  /** What the registry had after publishing. */
  readonly verified: readonly Finding[];
  /** What it carries of each kind, once that is known. */
  readonly proofs?: readonly KnownProof[];
  readonly moves: readonly PointerMove[];
  readonly problems: readonly Problem[];
}

/** A proof, and whether this run made it. */
export interface KnownProof extends Proof {
  readonly isNew?: true;
}

export type WritesBegun = 'none' | 'versions' | 'pointers';

/** `prepares` is true if programs may change the checkout before anything is built. */
export function createRun(publisher: Publisher, plan: Plan, prepares: boolean): PublisherRun {
  const { buildsFrom = 'objects', isReproducible = false } = publisher;
  return {
    id: publisher.id,
    publisher,
    plan,
    isReproducible: isReproducible && (buildsFrom === 'objects' || !prepares),
    findings: [],
    pointersBefore: [],
    writesBegun: 'none',
    published: [],
    verified: [],
    moves: [],
    problems: [],
  };
}

/** Returns what each event about a run says of it. */
export function eventOf<P extends Phase>(
  { id, plan }: Pick<PublisherRun, 'id' | 'plan'>,
  phase: P,
): { readonly phase: P; readonly publisher: string; readonly coordinate?: string } {
  const [first] = plan.coordinates;
  const coordinate = first === undefined ? {} : { coordinate: formatCoordinate(first) };
  return { phase, publisher: id, ...coordinate };
}

/** Returns the artifacts of a run's first event. */
export function eventArtifacts(runs: readonly PublisherRun[]): readonly EventArtifact[] {
  return runs.map((run) => {
    const { phase: _phase, ...of } = eventOf(run, 'open');
    return { ...of, registry: run.plan.registry };
  });
}

/** Returns the run with further problems. */
export function withProblems(run: PublisherRun, problems: readonly Problem[]): PublisherRun {
  return problems.length === 0
    ? run
    : { ...run, problems: distinct([...run.problems, ...problems]) };
}

type Named = Pick<Problem, 'code' | 'coordinate' | 'message'> & { readonly publisher?: string };

/** Removes duplicates of one publisher: `check` and `inspect` may both fail for the same reason. */
export function distinct<T extends Named>(problems: readonly T[]): T[] {
  const seen = new Set<string>();
  return problems.filter(({ code, coordinate, message, publisher }) => {
    const key = JSON.stringify([code, message, coordinate, publisher]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Returns what publishers tell about pointers, once each. */
export function notesOf(runs: readonly PublisherRun[]): readonly string[] {
  return [...new Set(runs.flatMap((run) => run.pointersBefore.flatMap(({ note }) => note ?? [])))];
}

/** True if no publisher has a problem. */
export function areClean(runs: readonly PublisherRun[]): boolean {
  return runs.every(({ problems }) => problems.length === 0);
}

/**
 * True if the registry already has everything in the plan, built from our commit, so nothing is
 * left to build or publish.
 */
export function isSettled({ plan, findings }: PublisherRun): boolean {
  return plan.coordinates.every((coordinate) => {
    const finding = findAnswer(coordinate, findings);
    return finding !== undefined && statesOf(finding).every(isOurs);
  });
}

/** True if nothing of what a build makes is left to send, neither to publish nor to sign. */
export function isSent(run: PublisherRun): boolean {
  return isSettled(run) && run.needsBuildToSign !== true;
}

/**
 * True if the run's artifacts have to be built: something is left to send, or the build shows whether
 * what is there is ours.
 */
export function needsBuild(run: PublisherRun): boolean {
  return run.isReproducible || !isSent(run);
}

/** Returns the states of a finding and of its files: a wheel may exist without its sdist. */
export function statesOf(finding: Finding): readonly FindingState[] {
  return [finding.state, ...(finding.files ?? []).map((file) => file.state)];
}

/** Returns the proofs of one coordinate, in the order of their kinds. */
export function proofsOf(
  { proofs = [] }: PublisherRun,
  coordinate: Coordinate,
): readonly KnownProof[] {
  const name = formatCoordinate(coordinate);
  return proofs.filter((one) => formatCoordinate(one.coordinate) === name);
}

export function isSamePointer(a: Pointer, b: Pointer): boolean {
  return a.ecosystem === b.ecosystem && a.name === b.name && a.pointer === b.pointer;
}

/**
 * Returns those of `others` that publish what a run requires: at the run's own registry if it is
 * there, where it may have another version (PyPI's local version).
 */
export function requiredBy(
  { plan }: PublisherRun,
  others: readonly PublisherRun[],
): readonly PublisherRun[] {
  const found = new Set(
    (plan.requires ?? []).flatMap((coordinate) => {
      const near = others.filter(
        (other) => other.plan.registry === plan.registry && hasName(coordinate, other),
      );
      return near.length > 0 ? near : runsOf(coordinate, others);
    }),
  );
  return others.filter((other) => found.has(other));
}

/**
 * Returns a note for each npm or PyPI artifact that requires another one which the release publishes
 * to other registries alone: clients look for both in one.
 */
export function elsewhereNotes(runs: readonly PublisherRun[]): readonly string[] {
  return runs.flatMap((run) =>
    (run.plan.requires ?? []).flatMap((coordinate) => {
      if (coordinate.ecosystem !== 'npm' && coordinate.ecosystem !== 'pypi') return [];
      const others = runs.filter((other) => hasName(coordinate, other));
      if (others.some(({ plan }) => plan.registry === run.plan.registry)) return [];
      const places = others.map(({ plan }) => plan.registry).join(' and ');
      return places === ''
        ? []
        : [
            `${run.id} is published to ${run.plan.registry} and requires ${formatCoordinate(coordinate)}, which this release publishes to ${places} alone: whoever installs it needs both registries.`,
          ];
    }),
  );
}

function hasName({ ecosystem, name }: Coordinate, { plan }: PublisherRun): boolean {
  return plan.coordinates.some((one) => one.ecosystem === ecosystem && one.name === name);
}

/** Returns the runs whose plans have the coordinate. */
export function runsOf(
  coordinate: Coordinate,
  runs: readonly PublisherRun[],
): readonly PublisherRun[] {
  const name = formatCoordinate(coordinate);
  return runs.filter(({ plan }) => plan.coordinates.some((one) => formatCoordinate(one) === name));
}
