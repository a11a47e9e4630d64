export { compareText } from './compare-text.ts';
export { applyEdits, type Edit, inOrder } from './edit.ts';
export { type Place, placeAt } from './place.ts';
export type { LocatedValue, Span } from './span.ts';
export { type ChangedFile, diffOf } from './unified-diff.ts';
