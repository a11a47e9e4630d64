import type { ManifestDocument } from '../manifest/document.ts';
import { field, textOf } from '../manifest/node.ts';
import type { ImageGroup, ManifestObject, Part } from './place.ts';
import { join, ownerOf } from './pod.ts';

const SCHEME = 'oci://';

/**
 * The artifact of a Flux OCIRepository: `spec.url`, and in `spec.ref` a tag, a range of versions (`semver`,
 * which wins over the tag) or a digest (https://fluxcd.io/flux/components/source/ocirepositories/#reference).
 */
export function ociRepositoryGroup(
  { at, kind, node: root }: ManifestObject,
  document: ManifestDocument,
): ImageGroup | undefined {
  const spec = kind === 'OCIRepository' ? field(root, 'spec', document) : undefined;
  const url = field(spec?.node, 'url', document);
  if (spec === undefined || textOf(url?.node)?.startsWith(SCHEME) !== true) return undefined;
  const ref = field(spec.node, 'ref', document);
  const part = (key: string): Part => ({
    key,
    value: field(ref?.node, key, document),
    ...(ref === undefined ? { below: 'ref' } : {}),
  });
  const semver = part('semver');
  const image = {
    form: 'parts',
    map: ref ?? spec,
    scheme: SCHEME,
    name: url === undefined ? [] : [url],
    tag: semver.value === undefined ? part('tag') : semver,
    digest: part('digest'),
    isPatch: false,
  } as const;
  const places = [{ path: join(at, ref === undefined ? 'spec' : 'spec.ref'), image }];
  return { owner: ownerOf(root, document, kind), places, isPod: false };
}
