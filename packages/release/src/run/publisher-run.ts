import {
  type Built,
  type Finding,
  type FindingState,
  formatCoordinate,
  isOurs,
  type Plan,
  type Pointer,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Published,
  type Publisher,
} from '@ameide/versioning-core';

/** Labels of progress lines. `publishRelease` (engine/release.ts) sets the order. */
export type Phase =
  | 'open'
  | 'validate'
  | 'check'
  | 'prepare'
  | 'build'
  | 'publish'
  | 'verify'
  | 'promote';

/** Progress, for people. */
export interface EngineEvent {
  readonly phase: Phase;
  /** Absent when it concerns the whole release. */
  readonly publisher?: string;
  readonly message: string;
}

/**
 * One publisher's part in a release, and what has become of it so far. Each phase returns new ones;
 * a report can be made from them after any phase.
 */
export interface PublisherRun {
  readonly publisher: Publisher;
  readonly plan: Plan;
  /** What the registry held before the release. */
  readonly findings: readonly Finding[];
  /** What its pointers named before the release. */
  readonly pointersBefore: readonly PointerFinding[];
  readonly built?: Built;
  /** What may have reached the registry: set before the first request that writes. */
  readonly writesBegun: WritesBegun;
  readonly published: readonly Published[];
  /** What the registry held after publishing. */
  readonly verified: readonly Finding[];
  readonly moves: readonly PointerMove[];
  readonly problems: readonly Problem[];
}

export type WritesBegun = 'none' | 'versions' | 'pointers';

export function createRun(publisher: Publisher, plan: Plan): PublisherRun {
  return {
    publisher,
    plan,
    findings: [],
    pointersBefore: [],
    writesBegun: 'none',
    published: [],
    verified: [],
    moves: [],
    problems: [],
  };
}

/** The same run with further problems. */
export function withProblems(run: PublisherRun, problems: readonly Problem[]): PublisherRun {
  return problems.length === 0
    ? run
    : { ...run, problems: distinct([...run.problems, ...problems]) };
}

/** `check` and `inspect` may meet the same closed door: it is reported once. */
export function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, coordinate }) => {
    const key = JSON.stringify([code, message, coordinate]);
    return !seen.has(key) && seen.add(key);
  });
}

/** True when no publisher has met a problem. */
export function areClean(runs: readonly PublisherRun[]): boolean {
  return runs.every(({ problems }) => problems.length === 0);
}

/**
 * True when the registry already holds everything that the plan names, from our commit: nothing is
 * left to build or publish.
 */
export function isSettled({ plan, findings }: PublisherRun): boolean {
  return plan.coordinates.every((coordinate) => {
    const finding = findAnswer(coordinate, findings);
    return finding !== undefined && statesOf(finding).every(isOurs);
  });
}

/** A finding's own state and those of its files: a wheel may be there without its sdist. */
export function statesOf(finding: Finding): readonly FindingState[] {
  return [finding.state, ...(finding.files ?? []).map((file) => file.state)];
}

/** What was answered about a coordinate, whichever way the answer spells it. */
export function findAnswer<T extends { readonly coordinate: Finding['coordinate'] }>(
  coordinate: Finding['coordinate'],
  answers: readonly T[],
): T | undefined {
  const name = formatCoordinate(coordinate);
  return answers.find((answer) => formatCoordinate(answer.coordinate) === name);
}

export function isSamePointer(a: Pointer, b: Pointer): boolean {
  return a.ecosystem === b.ecosystem && a.name === b.name && a.pointer === b.pointer;
}
