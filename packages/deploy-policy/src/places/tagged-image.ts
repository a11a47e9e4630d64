import { parseImageReference } from '@ameide/source-files/image';
import type { Node } from 'yaml';
import type { ManifestDocument } from '../manifest/document.ts';
import { field, mergesOf, ownKeys, textOf, type Value } from '../manifest/node.ts';
import type { ImagePlace } from './place.ts';

/**
 * Finds the image that a map holds under any key, with its tag in a value of its own:
 * `image: ghcr.io/acme/sdk`, `tag: 0.1.0`. Only one of ours: nothing else tells such a map from any other
 * with a tag.
 */
export type FindTagged = (map: Value) => ImagePlace | undefined;

/** For the maps of one document: what many of them merge is looked at once. */
export function createFindTagged(
  document: ManifestDocument,
  isOurs: (name: string) => boolean,
): FindTagged {
  const known = new Map<Node, ReadonlySet<string>>();
  return (map) => {
    const tag = field(map.node, 'tag', document);
    if (tag === undefined) return undefined;
    const name = [...nameKeys(map.node)]
      .map((key) => field(map.node, key, document))
      .find((value) => isBareName(textOf(value?.node), isOurs));
    if (name === undefined) return undefined;
    return {
      path: '',
      image: {
        form: 'parts',
        map,
        name: [name],
        tag: { key: 'tag', value: tag },
        digest: { key: 'digest', value: field(map.node, 'digest', document) },
        isPatch: false,
      },
    };
  };

  /** The keys under which a map, or one that it merges, has such a name. */
  function nameKeys(map: Node): ReadonlySet<string> {
    const before = known.get(map);
    if (before !== undefined) return before;
    const own = ownKeys(map, document).filter((key) =>
      isBareName(textOf(field(map, key, document)?.node), isOurs),
    );
    const merged = mergesOf(map, document).flatMap((one) => [...nameKeys(one)]);
    const keys = new Set([...own, ...merged]);
    known.set(map, keys);
    return keys;
  }
}

/** Whether a text is the name of an image of ours, without a tag and a digest. */
function isBareName(text: string | undefined, isOurs: (name: string) => boolean): boolean {
  const reference = text === undefined ? undefined : parseImageReference(text);
  const isBare = reference?.tag === undefined && reference?.digest === undefined;
  return reference !== undefined && isBare && isOurs(reference.name);
}
