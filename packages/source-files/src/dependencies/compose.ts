import { isScalar, type Scalar } from 'yaml';
import { openYaml } from './catalogs.ts';
import { expand, textOf as textOfPieces } from './expand.ts';
import { type Found, foundAt } from './found.ts';
import { imageOf, imageWithVariable } from './image-words.ts';
import { insideOf, scalarText, textOf } from './yaml-scalar.ts';

/**
 * Reads the images of a Compose file. Variables have the defaults that the file gives them; another variable in
 * the tag is the requirement, and an image with one in its name is not known. Throws `UnreadableFile`.
 */
export function readCompose(path: string, text: string): readonly Found[] {
  const { field, pairs, root } = openYaml(text);
  return pairs(field(root, 'services')).flatMap(([name, service]) => {
    // What is built here gets `image` as its name.
    if (field(service, 'build') !== undefined) return [];
    const node = field(service, 'image');
    const found = isScalar(node)
      ? imageIn(node, { path, text }, `services.${name}.image`)
      : undefined;
    return found === undefined ? [] : [found];
  });
}

function imageIn(
  node: Scalar,
  file: { readonly path: string; readonly text: string },
  field: string,
): Found | undefined {
  const value = textOf(node);
  const place = insideOf(node, file.text);
  if (value === undefined || place === undefined) return undefined;
  const lookup = (): undefined => undefined;
  const pieces = expand(value, place.start, lookup);
  if (pieces === undefined) return imageWithVariable(file, value, { field, lookup, ...place });
  const found = imageOf(file, pieces, field);
  if (found === undefined || file.text.slice(place.start, place.end) === value) return found;
  // With escapes, offsets in the value are not those in the file: then the whole string is the place.
  const { name, requirement } = found.dependency;
  const written = textOfPieces(pieces);
  const before = written.slice(0, written.length - requirement.length);
  return foundAt(
    file.path,
    file.text,
    { ecosystem: 'oci', name, requirement, field, ...place },
    // Where a default holds the version, there is more in the string than the image.
    written === value ? (to) => scalarText(node, before + to) : () => undefined,
  );
}
