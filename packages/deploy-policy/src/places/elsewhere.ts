import { type ImageReference, parseImageReference } from '@ameide/source-files/image';
import type { Scalar } from 'yaml';
import { nameExpression, shortestLength } from './names-in-text.ts';
import { readWithAnyDigest } from './read-image.ts';

/** An image of ours in some text. */
export interface ImageElsewhere {
  readonly node: Scalar<string>;
  /** As it is written there. */
  readonly text: string;
  readonly reference: ImageReference;
  /** True if a variable is, or is part of, its tag or digest: `$(TAG)`, `${TAG}`, `$TAG`. */
  readonly hasVariable: boolean;
}

/** A name of ours without a tag in some text: nobody knows what it is for. */
export interface NameElsewhere {
  readonly node: Scalar<string>;
  readonly name: string;
}

/** Finds images of ours, with their tag or digest, in text that may hold anything. */
export type FindElsewhere = (scalars: readonly Scalar<string>[]) => readonly ImageElsewhere[];

/** An address of the web is no image; `docker://` and `oci://` stand before images. */
const START = String.raw`(?:(?<![\w./-])|(?<=:\/\/)(?<!https?:\/\/))`;

export function createFindElsewhere(names: readonly string[]): FindElsewhere {
  // All that a name is made of is in the first group, so that no name is looked for in another one.
  const pattern = new RegExp(
    String.raw`${START}(${nameExpression(names)})(?=[:@])((?::\w[\w.-]{0,127})?)((?:@[\w+.:-]{1,255})?)([:@]?\$(?:\w+|\([^)]{0,80}\)?|\{[^}]{0,80}\}?))?`,
    'gi',
  );
  const shortest = shortestLength(names) + ':x'.length;
  return (scalars) => {
    const found: ImageElsewhere[] = [];
    for (const node of scalars)
      if (node.value.length >= shortest)
        for (const [text, name = '', tag = '', digest = '', variable] of node.value.matchAll(
          pattern,
        )) {
          const reference = readReference(name, tag, digest);
          const hasVariable = variable !== undefined;
          const isImage = reference?.tag !== undefined || reference?.digest !== undefined;
          if (reference !== undefined && (isImage || hasVariable))
            found.push({ node, text, reference, hasVariable });
        }
    return found;
  };
}

/** Reads an image with the text after it, of which only a digest is part of the image. */
function readReference(name: string, tag: string, digest: string): ImageReference | undefined {
  const end = digest.replace(/[+.:-]+$/, '');
  const whole = `${name}${tag}${end}`;
  return parseImageReference(whole) ?? readWithAnyDigest(whole) ?? parseImageReference(name + tag);
}

/** Finds names of ours without a tag: texts that are nothing else, and those in a document that is a text. */
export type FindNames = (scalars: readonly Scalar<string>[]) => readonly NameElsewhere[];

export function createFindNames(names: readonly string[]): FindNames {
  const expression = nameExpression(names);
  const whole = new RegExp(`^(?:${expression})$`, 'i');
  const inside = new RegExp(
    String.raw`${START}(?:${expression})(?![\w/-]|\.\w|:\w|@\w|[:@]\$)`,
    'i',
  );
  const shortest = shortestLength(names);
  return (scalars) =>
    scalars.flatMap((node) => {
      const { value } = node;
      if (value.length < shortest) return [];
      const [name] = (isDocument(value) ? inside : whole).exec(value) ?? [];
      const isName = name !== undefined && parseImageReference(name)?.tag === undefined;
      return isName ? [{ node, name }] : [];
    });
}

/** YAML or JSON in a text, such as the values of a chart. */
function isDocument(text: string): boolean {
  return text.includes('\n') || /^\s*[{[]/.test(text);
}
