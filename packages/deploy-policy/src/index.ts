export {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '@ameide/source-files/image';
export { type ChangedFile, diffOf } from '@ameide/source-files/text';
export type { AdmissionAction } from './admission/engine.ts';
export {
  type AdmissionEngine,
  type AdmissionOptions,
  renderAdmission,
} from './admission/render-admission.ts';
export type { AdmissionSignatures } from './admission/signatures-option.ts';
export { type CheckResult, checkManifests, listImages } from './check/check.ts';
export { RULES } from './check/rule-names.ts';
export type { FoundImage } from './check/run.ts';
export type { ManifestFile } from './manifest/document.ts';
export { checkOnline } from './online/check-online.ts';
export { type CreatedPins, createPins, type PinTarget } from './online/create-pins.ts';
export type {
  ArtifactProof,
  FoundRelease,
  ImageAnswer,
  ImageRegistry,
  ReleaseAnswer,
  ReleaseArtifact,
} from './online/image-registry.ts';
export { type ResolvedImage, resolveImages } from './online/resolve.ts';
export type { PinChange } from './pin/document-edits.ts';
export { type PinnedFile, type PinOptions, type PinResult, pinManifests } from './pin/pin.ts';
export type { Pin } from './pin/wanted.ts';
export * from './policy/index.ts';
export { readPolicy } from './policy/read-policy.ts';
export {
  type Earlier,
  type EarlierFile,
  type EarlierManifests,
  type FoundEarlier,
  findEarlier,
} from './rollback/find-earlier.ts';
export type { EarlierImage } from './rollback/image-places.ts';
export { type RollbackTargets, rollbackTargets } from './rollback/rollback-targets.ts';
export { toSarif } from './sarif.ts';
