import { readPattern } from '@ameide/versioning-core/options';
import { isScalar } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, itemsOf, keysOf, type Value } from '../manifest/node.ts';
import { below } from '../manifest/path-to.ts';
import { type PathStep, type PlaceOption, parsePath } from '../policy/place-option.ts';
import { chartImage } from './image-parts.ts';
import type { ImageGroup, ImagePlace, ManifestObject } from './place.ts';
import { join, ownerOf, podGroup, scalar } from './pod.ts';

/** Finds the images where the policy's `places` say that they are. */
export type FindConfigured = (
  object: ManifestObject,
  document: ManifestDocument,
  path: string,
) => readonly ImageGroup[];

export function createFindConfigured(options: readonly PlaceOption[]): FindConfigured {
  const places = options.map((option) => ({
    ...option,
    matches: option.files === undefined ? () => true : readPattern(option.files),
    imagePaths: (option.images ?? []).map(steps),
    templatePaths: (option.podTemplates ?? []).map(steps),
    annotationKeys: option.annotations === undefined ? [] : steps(option.annotations).map(keyOf),
  }));
  return (object, document, path) =>
    places
      .filter(
        ({ kind, matches }) =>
          matches(path) &&
          // A path in a file begins at the document.
          (kind === undefined ? object.at === '' : isOfKind(object, kind, document)),
      )
      .flatMap((place) => groupsAt(object, place, document));
}

interface Configured {
  readonly imagePaths: readonly (readonly PathStep[])[];
  readonly templatePaths: readonly (readonly PathStep[])[];
  readonly annotations?: string;
  readonly annotationKeys: readonly string[];
}

function groupsAt(
  object: ManifestObject,
  { annotationKeys, annotations = '', imagePaths, templatePaths }: Configured,
  document: ManifestDocument,
): readonly ImageGroup[] {
  const owner = ownerOf(object.node, document, object.kind);
  const templates = templatePaths.flatMap((one) =>
    follow(object, one, document).map(({ at, value }) =>
      podGroup(value.node, document, { owner, at }),
    ),
  );
  const places = imagePaths.flatMap((one) =>
    follow(object, one, document).flatMap(({ at, value }) => imageAt(value, at, document)),
  );
  if (places.length === 0) return templates;
  const spot = { map: object.node, keys: annotationKeys, path: join(object.at, annotations) };
  return [
    ...templates,
    { owner, places, isPod: false, ...(annotations === '' ? {} : { annotations: spot }) },
  ];
}

function steps(path: string): readonly PathStep[] {
  return parsePath(path) ?? [];
}

function keyOf(step: PathStep): string {
  return typeof step === 'object' && 'key' in step ? step.key : '';
}

function isOfKind(object: ManifestObject, named: string, document: ManifestDocument): boolean {
  const [kind, ...group] = named.split('.');
  if (object.kind !== kind) return false;
  const version = scalar(field(object.node, 'apiVersion', document)) ?? '';
  return group.length === 0 || version.startsWith(`${group.join('.')}/`);
}

function imageAt(value: Value, path: string, document: ManifestDocument): readonly ImagePlace[] {
  if (isScalar(value.node)) return [{ path, image: { form: 'reference', value } }];
  const image = chartImage(value, path, document);
  return image === undefined ? [] : [image];
}

interface Found {
  readonly at: string;
  readonly value: Value;
}

function follow(
  { at: start, node }: ManifestObject,
  path: readonly PathStep[],
  document: ManifestDocument,
): readonly Found[] {
  let found: readonly Found[] = [{ at: start, value: { node, written: node } }];
  for (const step of path) found = found.flatMap((one) => next(one, step, document));
  return found;
}

function next(found: Found, step: PathStep, document: ManifestDocument): readonly Found[] {
  const { value } = found;
  if (step === 'items') return items(found, document);
  if (step === 'values')
    return keysOf(value.node, document).flatMap((key) => child(found, key, document));
  if ('key' in step) return child(found, step.key, document);
  return items(found, document).filter(
    ({ value: item }) => scalar(field(item.node, step.having, document)) === step.text,
  );
}

function items({ at, value }: Found, document: ManifestDocument): readonly Found[] {
  return itemsOf(value, document).map((item, index) => ({ at: `${at}[${index}]`, value: item }));
}

function child({ at, value }: Found, key: string, document: ManifestDocument): readonly Found[] {
  const found = field(value.node, key, document);
  return found === undefined ? [] : [{ at: below(at, key), value: found }];
}
