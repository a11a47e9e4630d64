import { parseImageReference } from '@ameide/source-files/image';
import type { Node } from 'yaml';
import type { ManifestDocument, ManifestFile } from '../manifest/document.ts';
import { field, itemsOf, ownPair, textOf } from '../manifest/node.ts';
import { pathTo } from '../manifest/path-to.ts';
import { createIsOurs } from '../policy/image-names.ts';
import type { DeployPolicy } from '../policy/policy.ts';
import { createFindConfigured, type FindConfigured } from './configured.ts';
import {
  createFindElsewhere,
  createFindNames,
  type ImageElsewhere,
  type NameElsewhere,
} from './elsewhere.ts';
import { chartImage, composeGroup, kustomizeGroup } from './image-parts.ts';
import { ociRepositoryGroup } from './oci-repository.ts';
import type { ImageGroup, ImageParts, ManifestObject } from './place.ts';
import { join, podGroups, scalar } from './pod.ts';
import { nameOf } from './read-image.ts';
import { createFindTagged } from './tagged-image.ts';

/** What one document says about images. */
export interface DocumentImages {
  readonly groups: readonly ImageGroup[];
  /** Images of ours in text that is in no such place: in an argument, in a patch that is a string. */
  readonly elsewhere: readonly ImageElsewhere[];
  readonly names: readonly NameElsewhere[];
}

/** Finds the images of a document of a file. Throws `TooManyAliases`. */
export type FindImages = (document: ManifestDocument, file: FilePaths) => DocumentImages;

type FilePaths = Pick<ManifestFile, 'path' | 'inRepository'>;

export function createFindImages(policy: Pick<DeployPolicy, 'images' | 'places'>): FindImages {
  const findConfigured = createFindConfigured(policy.places);
  const findElsewhere = createFindElsewhere(policy.images);
  const findNames = createFindNames(policy.images);
  const isOurs = createIsOurs(policy.images);
  return (document, file) => {
    const { root } = document;
    if (root === undefined) return { groups: [], elsewhere: [], names: [] };
    const known = objectsOf(root, document).flatMap((object) =>
      groupsOf(object, { document, findConfigured, file }),
    );
    const seen = nodesOf(known);
    const charts = chartGroups(document, known, seen, isOurs);
    for (const node of nodesOf(charts)) seen.add(node);
    const others = document.scalars.filter((node) => !seen.has(node));
    return {
      groups: [...known, ...charts].filter(({ places }) => places.length > 0),
      elsewhere: findElsewhere(others),
      names: findNames(others),
    };
  };
}

interface Where {
  readonly document: ManifestDocument;
  readonly findConfigured: FindConfigured;
  readonly file: FilePaths;
}

function groupsOf(
  object: ManifestObject,
  { document, file, findConfigured }: Where,
): readonly ImageGroup[] {
  const kustomize = kustomizeGroup(object, document, isNamedKustomization(file));
  const compose = object.at === '' ? composeGroup(object.node, document) : undefined;
  const artifact = ociRepositoryGroup(object, document);
  return [
    ...podGroups(object, document),
    ...[kustomize, compose, artifact].filter((group) => group !== undefined),
    ...findConfigured(object, document, file.inRepository ?? file.path),
  ];
}

/** True if the file has the name of a kustomization: its own, or that of a link to it. */
function isNamedKustomization({ inRepository = '', path }: FilePaths): boolean {
  return [path, inRepository].some((one) =>
    /(?:^|[/\\])(?:kustomization\.ya?ml|Kustomization)$/.test(one),
  );
}

/**
 * The objects of a document: it, and what kubectl takes for the items of a list (`kind: List`,
 * `DeploymentList`): those of anything that has a kind and `items`.
 */
function objectsOf(
  node: Node,
  document: ManifestDocument,
  at = '',
  listed?: string,
): readonly ManifestObject[] {
  const kind = scalar(field(node, 'kind', document)) ?? listed;
  const object = { at, node, kind };
  if (kind === undefined) return [object];
  const itemKind = kind === 'List' ? undefined : kind.replace(/List$/, '');
  const items = itemsOf(field(node, 'items', document), document);
  return [
    object,
    ...items.flatMap((item, index) =>
      objectsOf(item.node, document, join(at, `items[${index}]`), itemKind),
    ),
  ];
}

/** The images that values of charts hold, wherever they are. */
function chartGroups(
  document: ManifestDocument,
  known: readonly ImageGroup[],
  seen: ReadonlySet<Node>,
  isOurs: (name: string) => boolean,
): readonly ImageGroup[] {
  const findTagged = createFindTagged(document, isOurs);
  const wholes = wholeImages(known);
  const places = document.chartMaps.flatMap((map) => {
    const value = { node: map, written: map };
    const found = chartImage(value, '', document) ?? findTagged(value);
    if (found?.image.form !== 'parts') return [];
    const { digest, name, tag } = found.image;
    // A name that an alias or a merge shares is that of another image, whose tag may differ.
    const isOwn = ownPair(map, 'repository') !== undefined;
    const isKnown = seen.has(map) || (isOwn && name.some(({ written }) => wholes.has(written)));
    // Charts and actions have repositories, too: without a tag beside it, it is an image only if it is ours.
    const isImage = (tag.value ?? digest.value) !== undefined || isOurName(found.image, isOurs);
    const isText = name.every(({ node }) => textOf(node) !== undefined);
    return isKnown || !isText || !isImage ? [] : [{ ...found, path: pathTo(map, document) }];
  });
  return places.length === 0 ? [] : [{ owner: 'values', places, isPod: false }];
}

/** The values, as they are written, that are images by themselves. */
function wholeImages(groups: readonly ImageGroup[]): ReadonlySet<Node> {
  return new Set(
    groups.flatMap(({ places }) =>
      places.flatMap(({ image }) => (image.form === 'reference' ? [image.value.written] : [])),
    ),
  );
}

function isOurName(image: ImageParts, isOurs: (name: string) => boolean): boolean {
  const reference = parseImageReference(nameOf(image));
  return reference !== undefined && isOurs(reference.name);
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
