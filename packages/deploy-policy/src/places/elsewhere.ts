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
  const alternatives = names.map((name) => {
    const isPrefix = name.endsWith('/*');
    const escaped = (isPrefix ? name.slice(0, -2) : name).replaceAll(/[.[\]]/g, String.raw`\$&`);
    const [host = '', ...path] = escaped.split('/');
    // A registry's name has no case, and may name its port.
    return `${host}(?::0*443)?/${path.join('/')}${isPrefix ? `${path.length > 0 ? '/' : ''}[a-z0-9._/-]*[a-z0-9]` : ''}`;
  });
  const pattern = new RegExp(
    `(?<![\\w./-])(?:${alternatives.join('|')})(?=[:@])(?::[\\w][\\w.-]{0,127})?(?:@[\\w+.:-]+)?`,
    'gi',
  );
  return (scalars) =>
    scalars.flatMap((node) =>
      Array.from(node.value.matchAll(pattern), ([text]) => text).flatMap((text) => {
        const reference = parseImageReference(text);
        const isNamed = reference?.tag !== undefined || reference?.digest !== undefined;
        return reference !== undefined && isNamed ? [{ node, text, reference }] : [];
      }),
    );
}
