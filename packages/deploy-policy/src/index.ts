export { type CheckResult, checkManifests, type FoundImage } from './check/check.ts';
export type { ManifestFile } from './manifest/document.ts';
export * from './policy/index.ts';
export {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './reference/image-reference.ts';
