import { isScalar, type Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, fieldAt, itemsOf, type Value } from '../manifest/node.ts';
import type { ImageGroup, ImagePlace, ManifestObject } from './place.ts';

/** Where the objects of Kubernetes have the template of a pod. */
const TEMPLATES = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
  ['template'],
] as const;

/** The images of an object: of a pod, or of whatever has a pod template where workloads have it. */
export function podGroups(
  { at, kind, node }: ManifestObject,
  document: ManifestDocument,
): readonly ImageGroup[] {
  const owner = ownerOf(node, document, kind);
  if (kind === 'Pod') return [podGroup(node, document, { owner, at })];
  return TEMPLATES.flatMap((keys) => {
    const template = fieldAt(node, keys, document);
    if (template === undefined || field(template.node, 'spec', document) === undefined) return [];
    return [podGroup(template.node, document, { owner, at: join(at, keys.join('.')) })];
  });
}

/** The images of one pod or pod template: `at` is its path. */
export function podGroup(
  pod: Node,
  document: ManifestDocument,
  { at, owner }: { readonly at: string; readonly owner: string },
): ImageGroup {
  const spec = field(pod, 'spec', document)?.node;
  const path = join(at, 'spec');
  return {
    owner,
    places: [
      ...containers(spec, 'initContainers', path, document),
      ...containers(spec, 'containers', path, document),
      ...containers(spec, 'ephemeralContainers', path, document),
      ...volumes(spec, path, document),
    ],
    annotations: {
      map: pod,
      keys: ['metadata', 'annotations'],
      path: join(at, 'metadata.annotations'),
    },
    isPod: true,
  };
}

function containers(
  spec: Node | undefined,
  key: string,
  path: string,
  document: ManifestDocument,
): readonly ImagePlace[] {
  return itemsOf(field(spec, key, document), document).flatMap(({ node }, index) =>
    place(node, field(node, 'image', document), `${path}.${key}[${index}].image`, document),
  );
}

/** Image volumes: https://kubernetes.io/docs/concepts/storage/volumes/#image */
function volumes(
  spec: Node | undefined,
  path: string,
  document: ManifestDocument,
): readonly ImagePlace[] {
  return itemsOf(field(spec, 'volumes', document), document).flatMap(({ node }, index) =>
    place(
      node,
      fieldAt(node, ['image', 'reference'], document),
      `${path}.volumes[${index}].image.reference`,
      document,
    ),
  );
}

function place(
  named: Node,
  value: Value | undefined,
  path: string,
  document: ManifestDocument,
): readonly ImagePlace[] {
  // A patch names only what it changes.
  if (value === undefined) return [];
  const container = scalar(field(named, 'name', document));
  return [
    {
      path,
      ...(container === undefined ? {} : { container }),
      image: { form: 'reference', value },
    },
  ];
}

/** `Deployment www` */
export function ownerOf(
  object: Node,
  document: ManifestDocument,
  kind: string | undefined = scalar(field(object, 'kind', document)),
): string {
  const name = scalar(fieldAt(object, ['metadata', 'name'], document));
  return [kind, name].filter((word) => word !== undefined).join(' ');
}

export function scalar(value: Value | undefined): string | undefined {
  return isScalar(value?.node) ? String(value.node.value) : undefined;
}

export function join(at: string, path: string): string {
  if (at === '' || path === '') return at + path;
  return `${at}.${path}`;
}
