import type { Scalar } from 'yaml';
import { type ImageReference, parseImageReference } from '../reference/image-reference.ts';

/** An image of ours in some text. */
export interface ImageElsewhere {
  readonly node: Scalar<string>;
  /** As it is written there. */
  readonly text: string;
  readonly reference: ImageReference;
}

/** Finds images of ours, with their tag or digest, in text that may hold anything. */
export type FindElsewhere = (scalars: readonly Scalar<string>[]) => readonly ImageElsewhere[];

export function createFindElsewhere(names: readonly string[]): FindElsewhere {
  const alternatives = names.map(patternOf);
  // All that a name is made of is in the first group, so that no name is looked for in another one.
  const pattern = new RegExp(
    `(?<![\\w./-])(?:${alternatives.join('|')})(?=[:@])(?::[\\w][\\w.-]{0,127})?(?:@[\\w+.:-]+)?`,
    'gi',
  );
  const shortest = Math.min(...names.map(lengthOf));
  return (scalars) => {
    const found: ImageElsewhere[] = [];
    for (const node of scalars)
      if (node.value.length >= shortest)
        for (const [text] of node.value.matchAll(pattern)) {
          const reference = parseImageReference(text);
          if (reference?.tag !== undefined || reference?.digest !== undefined)
            found.push({ node, text, reference });
        }
    return found;
  };
}

/** Tells whether a text is the name of an image of ours, and nothing else. */
export function createIsName(names: readonly string[]): (node: Scalar<string>) => boolean {
  const pattern = new RegExp(`^(?:${names.map(patternOf).join('|')})$`, 'i');
  const shortest = Math.min(...names.map(lengthOf)) - ':x'.length;
  return ({ value }) =>
    value.length >= shortest &&
    pattern.test(value) &&
    parseImageReference(value)?.tag === undefined;
}

const DOCKER = 'docker.io/';
const LIBRARY = 'library/';

function patternOf(name: string): string {
  const isPrefix = name.endsWith('/*');
  const exact = (isPrefix ? name.slice(0, -1) : name).replaceAll(/[.[\]]/g, String.raw`\$&`);
  const [host = '', ...path] = exact.split('/');
  const rest = `${path.join('/')}${isPrefix ? '[a-z0-9._/-]*[a-z0-9]' : ''}`;
  // A registry's name has no case, and may name its port.
  const at = `${host}(?::0*443)?/`;
  if (!name.startsWith(DOCKER)) return `${at}${rest}`;
  // Without its registry, a name of one word is any word: `redis:6379` is an address.
  if (rest.startsWith(LIBRARY))
    return `(?:(?:index\\.)?${at}(?:${LIBRARY})?|${LIBRARY})${rest.slice(LIBRARY.length)}`;
  return `(?:(?:index\\.)?${at})${rest.includes('/') && path[0] !== '' ? '?' : ''}${rest}`;
}

/** The shortest text in which an image of this name can be, with a tag of one character. */
function lengthOf(name: string): number {
  const written = name.replace(DOCKER, '').replace(LIBRARY, '').replace('*', 'x');
  return written.length + ':x'.length;
}
