import { isMap } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, fieldAt, type Value } from '../manifest/node.ts';
import type { AnnotationSpot, ImageGroup } from './place.ts';

/** The annotation that says which commit the images of a pod are from. */
export const SHA_ANNOTATION = 'ameide.io/image-sha';
/** Before the name of a container or volume: the commit of its image alone. */
export const CONTAINER_ANNOTATION = 'image-sha.ameide.io/';

/** The annotation for one image; the one of its container wins. */
export function shaAnnotation(
  { annotations }: Pick<ImageGroup, 'annotations'>,
  container: string | undefined,
  document: ManifestDocument,
): { readonly key: string; readonly value: Value } | undefined {
  const map = annotations === undefined ? undefined : annotationMap(annotations, document);
  if (!isMap(map?.node)) return undefined;
  const keys = [
    ...(container === undefined ? [] : [`${CONTAINER_ANNOTATION}${container}`]),
    SHA_ANNOTATION,
  ];
  for (const key of keys) {
    const value = field(map.node, key, document);
    if (value !== undefined) return { key, value };
  }
  return undefined;
}

/** The map of annotations, as far as it is there. */
export function annotationMap(
  { keys, map }: AnnotationSpot,
  document: ManifestDocument,
): Value | undefined {
  return fieldAt(map, keys, document);
}
