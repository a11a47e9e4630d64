import { ANNOTATION_CASES } from './annotation-cases.ts';
import type { DeployCase } from './case.ts';
import { NAME_CASES } from './name-cases.ts';
import { PLACE_CASES } from './place-cases.ts';
import { TAG_CASES } from './tag-cases.ts';

/** Every case that is an object of the API. Written by hand: nothing in it is computed by what it tests. */
export const CASES: readonly DeployCase[] = [
  ...TAG_CASES,
  ...NAME_CASES,
  ...PLACE_CASES,
  ...ANNOTATION_CASES,
];

/** What a case is called in records and messages: `production: container "nginx"`. */
export function titleOf({ annotations, environment, image, place }: DeployCase): string {
  const annotated = annotations === undefined ? '' : ` ${JSON.stringify(annotations)}`;
  return `${environment}: ${place} ${JSON.stringify(image)}${annotated}`;
}
