export type { Argv } from '@ameide/versioning-core/options';
export type { FailureReport } from './cli/failure.ts';
export type { BaseSource } from './commit/base.ts';
export type { RunEnvironment } from './commit/ci-run.ts';
export { type Commit, type CommitQuestion, readCommit } from './commit/commit.ts';
export type { ConsumersOptions } from './definition/consumers.ts';
export {
  defineRelease,
  type ReleaseDefinition,
  versionQuestion,
} from './definition/definition.ts';
export type { DoctorOptions } from './definition/doctor.ts';
export { loadDefinition } from './definition/load.ts';
export type { IdentityOption } from './definition/signing.ts';
export { parseApproved } from './engine/approved.ts';
export { type DeprecateOptions, deprecateVersion } from './engine/deprecate.ts';
export { type MoveOptions, moveReleasePointer } from './engine/move-pointer.ts';
export {
  buildRelease,
  planRelease,
  promoteRelease,
  publishRelease,
  type ReleaseOptions,
} from './engine/release.ts';
export type { InventoryOptions } from './inventory/inventory.ts';
export type {
  InventoryArtifact,
  InventoryReport,
  InventoryService,
  InventoryUse,
} from './inventory/inventory-report.ts';
export { takeInventory } from './inventory/lazy-inventory.ts';
export { type MapOptions, mapRelease } from './map/make-map.ts';
export type {
  MapArtifact,
  MapCell,
  MapPointer,
  MapRow,
  MapVersion,
  ReleaseMap,
} from './map/release-map.ts';
export type { KeepReason } from './prune/decide.ts';
export { type PruneOptions, pruneRelease } from './prune/prune.ts';
export type { PrunedVersion, PruneReport } from './prune/prune-report.ts';
export type {
  CurrentArtifact,
  RecordedArtifact,
  RecordedPointer,
  RecordedRelease,
  ReleaseRecord,
} from './record/release-record.ts';
export type { DeprecationReport } from './report/deprecation-report.ts';
export { type ReleaseFacts, releaseFacts } from './report/facts.ts';
export type { Mark } from './report/inventory-mark.ts';
export type { MoveReport } from './report/move-report.ts';
export type { ArtifactReport, PointerReport, ReleaseReport } from './report/release-report.ts';
export type { ProblemReport, ProofReport, ShownArtifact } from './report/shown.ts';
export { EXIT_CODES, type Status } from './report/status.ts';
export { createRelease } from './run/create-release.ts';
export { createStep, type StepOptions } from './run/create-step.ts';
export type { Listener } from './run/emitter.ts';
export type { EngineEvent, EventArtifact, EventDetail, EventStamp, Phase } from './run/events.ts';
export { type TraceOptions, traceCommit, traceCoordinate, tracePointer } from './trace/trace.ts';
export type { TracedArtifact, TraceReport } from './trace/trace-report.ts';
export { verifyCommit, verifyCoordinate } from './verify/verify.ts';
export type { VerifiedArtifact, VerifyReport } from './verify/verify-report.ts';
export {
  type MigrateOptions,
  migrateRelease,
  type WithdrawOptions,
  withdrawRelease,
} from './withdraw/withdraw-release.ts';
export type {
  ArtifactWithdrawal,
  WithdrawalAction,
  WithdrawalReport,
} from './withdraw/withdrawal-report.ts';
