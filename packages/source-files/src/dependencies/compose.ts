import { isScalar } from 'yaml';
import { openYaml } from './catalogs.ts';
import { expand } from './expand.ts';
import type { Found } from './found.ts';
import { imageOf } from './image-words.ts';
import { insideOf, textOf } from './yaml-scalar.ts';

/**
 * Reads the images of a Compose file. Variables have the defaults that the file gives them; an image with another
 * variable is not known. Throws `UnreadableFile`.
 */
export function readCompose(path: string, text: string): readonly Found[] {
  const { field, pairs, root } = openYaml(text);
  return pairs(field(root, 'services')).flatMap(([name, service]) => {
    // What is built here gets `image` as its name.
    if (field(service, 'build') !== undefined) return [];
    const node = field(service, 'image');
    const value = textOf(node);
    const place = isScalar(node) ? insideOf(node) : undefined;
    if (value === undefined || place === undefined) return [];
    if (text.slice(place.start, place.end) !== value) return [];
    const pieces = expand(value, place.start, () => undefined);
    const found = pieces && imageOf({ path, text }, pieces, `services.${name}.image`);
    return found === undefined ? [] : [found];
  });
}
