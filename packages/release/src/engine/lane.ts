import {
  type Built,
  type Finding,
  type FindingState,
  formatCoordinate,
  isOurs,
  type Plan,
  type PointerFinding,
  type PointerMove,
  type Problem,
  type Published,
  type Publisher,
  type Step,
} from '@ameide/versioning-core';

/** The steps of a run, in order. */
export type Phase = 'open' | 'check' | 'prepare' | 'build' | 'publish' | 'verify' | 'promote';

/** Progress of a run, for people. */
export interface EngineEvent {
  readonly phase: Phase;
  /** Absent when it concerns the whole run. */
  readonly publisher?: string;
  readonly message: string;
}

/**
 * One publisher's way through a run, and what has become of it so far. The verbs fill it in; a
 * report can be made from it at any moment, also after an abort.
 */
export interface Lane {
  readonly publisher: Publisher;
  readonly plan: Plan;
  /** What the registry held before the run. */
  found: readonly Finding[];
  /** What its pointers named before the run. */
  pointed: readonly PointerFinding[];
  built?: Built;
  /** Its own copy of the commit, where its build writes into one. */
  source?: string;
  /**
   * What may have reached the registry: set before the first request that writes, and never taken
   * back.
   */
  sent: 'nothing' | 'versions' | 'pointers';
  published: readonly Published[];
  /** What the registry held after publishing. */
  verified: readonly Finding[];
  moved: readonly PointerMove[];
  problems: Problem[];
}

export function createLane(publisher: Publisher, plan: Plan): Lane {
  return {
    publisher,
    plan,
    found: [],
    pointed: [],
    sent: 'nothing',
    published: [],
    verified: [],
    moved: [],
    problems: [],
  };
}

/**
 * True when the registry already holds everything the plan names, from our commit: nothing to build
 * or publish.
 */
export function isSettled(lane: Lane): boolean {
  return lane.plan.coordinates.every((coordinate) => {
    const name = formatCoordinate(coordinate);
    const finding = lane.found.find((found) => formatCoordinate(found.coordinate) === name);
    return finding !== undefined && statesOf(finding).every(isOurs);
  });
}

/** A finding's own state and those of its files: a wheel may be there without its sdist. */
export function statesOf(finding: Finding): readonly FindingState[] {
  return [finding.state, ...(finding.files ?? []).map((file) => file.state)];
}

/** True when nothing has gone wrong in any lane. */
export function allWell(lanes: readonly Lane[]): boolean {
  return lanes.every((lane) => lane.problems.length === 0);
}

/** Everything the phases need of the run. */
export interface RunContext {
  readonly signal: AbortSignal;
  /** What a lane's verb is lent. Rejects after an abort: no verb begins then. */
  step(lane: Lane, phase: Phase): Promise<Step>;
  /** Never throws: a listener's fault is not the run's. */
  emit(event: EngineEvent): void;
  /** Resolves after `ms`, rejects on abort. */
  sleep(ms: number): Promise<void>;
  /** Milliseconds that only grow. */
  now(): number;
  readonly visibleWithinMs: number;
}
