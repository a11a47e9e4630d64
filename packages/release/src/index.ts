export type { FailureReport } from './cli/failure.ts';
export type { BaseSource, Commit, CommitQuestion } from './commit/commit.ts';
export { readCommit } from './commit/commit.ts';
export type { Argv, ReleaseDefinition } from './definition/definition.ts';
export { defineRelease } from './definition/definition.ts';
export { loadDefinition } from './definition/load.ts';
export { parseApproved } from './engine/approved.ts';
export type { EngineEvent, Phase } from './engine/lane.ts';
export type { Status } from './engine/outcome.ts';
export { EXIT_CODES } from './engine/outcome.ts';
export type {
  ArtifactReport,
  PointerReport,
  ProblemReport,
  ReleaseFacts,
  ReleaseReport,
  ShownArtifact,
} from './engine/report.ts';
export { releaseFacts } from './engine/report.ts';
export type { RunOptions } from './engine/run.ts';
export { planRelease, publishRelease } from './engine/run.ts';
export type { TracedArtifact, TraceOptions, TraceReport } from './trace/trace.ts';
export { traceCommit, traceCoordinate } from './trace/trace.ts';
