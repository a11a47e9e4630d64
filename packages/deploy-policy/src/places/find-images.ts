import { isScalar, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, itemsOf, ownPair } from '../manifest/node.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { createFindConfigured, type FindConfigured } from './configured.ts';
import { createFindElsewhere, type ImageElsewhere } from './elsewhere.ts';
import { chartImage, composeGroup, kustomizeGroup } from './image-parts.ts';
import type { ImageGroup } from './place.ts';
import { podGroups } from './pod.ts';

/** What one document says about images. */
export interface DocumentImages {
  readonly groups: readonly ImageGroup[];
  /** Images of ours in text that is in no such place: in an argument, in a patch that is a string. */
  readonly elsewhere: readonly ImageElsewhere[];
}

/** Finds the images of a document. `path` is that of its file. Throws `TooManyAliases`. */
export type FindImages = (document: ManifestDocument, path: string) => DocumentImages;

export function createFindImages(policy: Pick<DeployPolicy, 'images' | 'places'>): FindImages {
  const findConfigured = createFindConfigured(policy.places);
  const findElsewhere = createFindElsewhere(policy.images);
  return (document, path) => {
    const { root } = document;
    if (root === undefined) return { groups: [], elsewhere: [] };
    const known = objectsOf(root, document).flatMap(({ at, node }) =>
      groupsOf(node, { at, document, findConfigured, path }),
    );
    const seen = nodesOf(known);
    const charts = chartGroups(document, seen);
    for (const node of nodesOf(charts)) seen.add(node);
    return {
      groups: [...known, ...charts].filter(({ places }) => places.length > 0),
      elsewhere: findElsewhere(document.scalars.filter((node) => !seen.has(node))),
    };
  };
}

interface Where {
  readonly at: string;
  readonly document: ManifestDocument;
  readonly findConfigured: FindConfigured;
  readonly path: string;
}

function groupsOf(
  object: Node,
  { at, document, findConfigured, path }: Where,
): readonly ImageGroup[] {
  const kustomize = kustomizeGroup(object, document, path);
  const compose = composeGroup(object, document);
  return [
    ...podGroups(object, document, at),
    ...(kustomize === undefined ? [] : [kustomize]),
    ...(compose === undefined ? [] : [compose]),
    ...findConfigured(object, document, path),
  ];
}

/** The objects of a document: one, or the items of a list (`kind: List`, `DeploymentList`). */
function objectsOf(
  root: Node,
  document: ManifestDocument,
  at = '',
): readonly { readonly at: string; readonly node: Node }[] {
  const kind = field(root, 'kind', document)?.node;
  if (!isScalar(kind) || !String(kind.value).endsWith('List')) return [{ at, node: root }];
  return itemsOf(field(root, 'items', document), document).flatMap(({ node }, index) =>
    objectsOf(node, document, `${at === '' ? '' : `${at}.`}items[${index}]`),
  );
}

/** The images that values of charts hold, wherever they are. */
function chartGroups(document: ManifestDocument, seen: ReadonlySet<Node>): readonly ImageGroup[] {
  const places = document.repositories.flatMap((map) => {
    const found = chartImage({ node: map, written: map }, '', document);
    if (found === undefined || found.image.form !== 'parts') return [];
    // What a merge brings may be the name of an image that is known under another map.
    const isOwn = ownPair(map, 'repository') !== undefined;
    const isKnown = seen.has(map) || (isOwn && found.image.name.some(({ node }) => seen.has(node)));
    return isKnown ? [] : [found];
  });
  return places.length === 0 ? [] : [{ owner: 'values', places, isPod: false }];
}

function nodesOf(groups: readonly ImageGroup[]): Set<Node> {
  return new Set(
    groups.flatMap(({ places }) =>
      places.flatMap(({ image }) =>
        image.form === 'reference'
          ? [image.value.node]
          : [image.map, ...image.name, image.tag.value, image.digest.value].flatMap(
              (value) => value?.node ?? [],
            ),
      ),
    ),
  );
}
