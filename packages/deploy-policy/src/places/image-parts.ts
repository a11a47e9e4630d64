import { isMap, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, itemsOf, keysOf, type Value } from '../manifest/node.ts';
import { below } from '../manifest/path-to.ts';
import type { ImageGroup, ImageParts, ImagePlace, ManifestObject } from './place.ts';
import { join, ownerOf, scalar } from './pod.ts';

/**
 * The list `images` of a kustomization, and of Flux's objects that have the same list in their `spec`
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/). A kustomization needs no
 * `kind`: the file `isNamed` as one, or, from a pipe, its entries look like those of one.
 */
export function kustomizeGroup(
  { at: above, kind, node: root }: ManifestObject,
  document: ManifestDocument,
  isNamed: boolean,
): ImageGroup | undefined {
  if (kind !== undefined && kind !== 'Kustomization' && kind !== 'Component') return undefined;
  const inSpec = field(field(root, 'spec', document)?.node, 'images', document);
  const images = inSpec ?? field(root, 'images', document);
  const at = join(above, inSpec === undefined ? 'images' : 'spec.images');
  return {
    owner: ownerOf(root, document, kind) || 'Kustomization',
    places: itemsOf(images, document).flatMap((entry, index) =>
      kind !== undefined || isNamed || hasShape(entry.node, document)
        ? kustomizeEntry(entry, `${at}[${index}]`, document)
        : [],
    ),
    // Flux has no annotations for what it builds there.
    ...(inSpec === undefined
      ? {
          annotations: {
            map: root,
            keys: ['commonAnnotations'],
            path: join(above, 'commonAnnotations'),
          },
        }
      : {}),
    isPod: false,
  };
}

/** Whether only a kustomization has such an entry. Values of charts have `tag` or `repository`. */
function hasShape(entry: Node, document: ManifestDocument): boolean {
  const has = (key: string): boolean => field(entry, key, document) !== undefined;
  if (!has('name') || has('tag') || has('repository')) return false;
  return has('newName') || has('newTag') || has('digest');
}

function kustomizeEntry(
  map: Value,
  path: string,
  document: ManifestDocument,
): readonly ImagePlace[] {
  const name = field(map.node, 'newName', document) ?? field(map.node, 'name', document);
  if (name === undefined) return [];
  const image: ImageParts = {
    form: 'parts',
    map,
    name: [name],
    tag: { key: 'newTag', value: field(map.node, 'newTag', document) },
    digest: { key: 'digest', value: field(map.node, 'digest', document) },
    isPatch: true,
  };
  return [{ path, image }];
}

/**
 * The image that a map holds as the values of charts do: `repository` and `tag`, perhaps `registry` and
 * `digest` (https://helm.sh/docs/chart_best_practices/pods/#images).
 */
export function chartImage(
  map: Value,
  path: string,
  document: ManifestDocument,
): ImagePlace | undefined {
  const repository = isMap(map.node) ? field(map.node, 'repository', document) : undefined;
  if (repository === undefined) return undefined;
  const registry = field(map.node, 'registry', document);
  const hasRegistry = registry !== undefined && scalar(registry) !== '';
  return {
    path,
    image: {
      form: 'parts',
      map,
      name: hasRegistry ? [registry, repository] : [repository],
      tag: { key: 'tag', value: field(map.node, 'tag', document) },
      digest: { key: 'digest', value: field(map.node, 'digest', document) },
      isPatch: false,
    },
  };
}

/** The services of a Compose file (https://github.com/compose-spec/compose-spec/blob/main/spec.md#image). */
export function composeGroup(root: Node, document: ManifestDocument): ImageGroup | undefined {
  const services = field(root, 'services', document)?.node;
  const isObject = field(root, 'kind', document) ?? field(root, 'apiVersion', document);
  if (!isMap(services) || isObject !== undefined) return undefined;
  return {
    owner: 'Compose',
    places: keysOf(services, document).flatMap((name) => {
      const value = field(field(services, name, document)?.node, 'image', document);
      if (value === undefined) return [];
      return [
        {
          path: `${below('services', name)}.image`,
          container: name,
          image: { form: 'reference', value } as const,
        },
      ];
    }),
    isPod: false,
  };
}
