import type { Built, Finding, Plan, PointerFinding, PointerMove, Problem, Published, Publisher, Step } from '@ameide/versioning-core';

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
 * One publisher's way through a run, and what has become of it so far. The verbs fill it in; a report can be made from it at any
 * moment, also after an abort.
 */
export interface Lane {
  readonly publisher: Publisher;
  readonly plan: Plan;
  /** What the registry held before the run. */
  found: readonly Finding[];
  /** What its pointers named before the run. */
  pointed: readonly PointerFinding[];
  built?: Built;
  published: readonly Published[];
  /** What the registry held after publishing. */
  verified: readonly Finding[];
  moved: readonly PointerMove[];
  problems: Problem[];
}

export function createLane(publisher: Publisher, plan: Plan): Lane {
  return { publisher, plan, found: [], pointed: [], published: [], verified: [], moved: [], problems: [] };
}

/** True when the registry already holds everything the plan names, from our commit: nothing to build or publish. */
export function isSettled(lane: Lane): boolean {
  const present = (state: string) => state === 'identical' || state === 'same-source';
  return (
    lane.found.length > 0 &&
    lane.found.every((finding) => present(finding.state) && (finding.files ?? []).every((file) => present(file.state)))
  );
}

/** True when nothing has gone wrong in any lane. */
export function allWell(lanes: readonly Lane[]): boolean {
  return lanes.every((lane) => lane.problems.length === 0);
}

/** Everything the phases need of the run. */
export interface RunContext {
  readonly signal: AbortSignal;
  /** What a lane's verb is lent. */
  step(lane: Lane, phase: Phase): Promise<Step>;
  emit(event: EngineEvent): void;
  /** Resolves after `ms`, rejects on abort. */
  sleep(ms: number): Promise<void>;
  readonly visibleWithinMs: number;
}
