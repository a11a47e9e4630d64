export { type CheckResult, checkManifests, type FoundImage } from './check/check.ts';
export type { ManifestFile } from './manifest/document.ts';
export type { PinChange } from './pin/document-edits.ts';
export { type PinnedFile, type PinOptions, type PinResult, pinManifests } from './pin/pin.ts';
export { diffOf } from './pin/unified-diff.ts';
export type { Pin } from './pin/wanted.ts';
export * from './policy/index.ts';
export {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from './reference/image-reference.ts';
