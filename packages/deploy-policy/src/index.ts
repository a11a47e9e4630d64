export { type CheckResult, checkManifests, type FoundImage } from './check/check.ts';
export type { ManifestFile } from './manifest/document.ts';
export { checkOnline } from './online/check-online.ts';
export type {
  ArtifactProof,
  FoundRelease,
  ImageAnswer,
  ImageRegistry,
  ReleaseAnswer,
  ReleaseArtifact,
} from './online/image-registry.ts';
export * from './policy/index.ts';
export {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './reference/image-reference.ts';
