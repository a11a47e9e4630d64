export { type AttachedFile, type Attachment, RECORD_FILE } from './attachment.ts';
export type { Bundle, BundleFile, Carrier } from './carrier.ts';
export type { ArtifactContents, ContentFile, Rehearsal } from './contents.ts';
export type { Coordinate, Ecosystem, Pointer } from './coordinate.ts';
export { formatCoordinate, parseCoordinate, prefixHint } from './coordinate-text.ts';
export type { Deprecation, RequestedDeprecation } from './deprecation.ts';
export { findAnswer } from './find-answer.ts';
export {
  classifyFinding,
  type ExpectedArtifact,
  isOurs,
  type RegisteredArtifact,
} from './finding-state.ts';
export type {
  Artifact,
  Built,
  Plan,
  PlanSubject,
  PublisherId,
  RequiredArtifact,
  Subject,
} from './plan.ts';
export {
  findMovingName,
  type MovingName,
  managesName,
  movingNames,
  pointerPolicy,
} from './pointer-policy.ts';
export {
  decidePointer,
  type Named,
  type PointerDecision,
  type PointerRule,
} from './pointer-rule.ts';
export {
  formatPointer,
  movePointerCommand,
  type PointerName,
  parsePointer,
} from './pointer-text.ts';
export {
  inputProblem,
  type Problem,
  type ProblemInput,
  type ProblemKind,
  problem,
} from './problem.ts';
export {
  IDENTITY_HINT,
  PROOF_NAMES,
  type Proof,
  type ProofKind,
  PUBLIC_SIGSTORE,
  type Signed,
  type Signing,
  type SigningIdentity,
  type Sigstore,
} from './proof.ts';
export type { Attaches, PublishedPackage, Publisher, PublisherDefinition } from './publisher.ts';
export type { Member, Release } from './release.ts';
export type {
  FileFinding,
  Finding,
  FindingState,
  GoRetracting,
  ListedVersion,
  PointerFinding,
  PointerMove,
  Published,
  Removed,
  RequestedMove,
  VersionList,
  VersionQuestion,
} from './results.ts';
export type {
  AncestorTag,
  History,
  MissingContent,
  Relation,
  SourceFile,
  SourceFiles,
  SourceTag,
  SourceTree,
  TreeFile,
} from './source.ts';
export type { ReleaseEvent, Step } from './step.ts';
