import type { KubernetesObject } from '@ameide/local-registries';
import { parseAllDocuments } from 'yaml';

/** The objects of a text with several documents. */
export function objectsIn(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const object = document.toJS() as KubernetesObject | null;
    return object === null ? [] : [object];
  });
}
