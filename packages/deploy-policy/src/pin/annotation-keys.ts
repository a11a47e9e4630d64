import { CONTAINER_ANNOTATION, SHA_ANNOTATION } from '../places/annotation.ts';

/** An image of ours in a pod, or in a list of images. */
export interface GroupImage {
  readonly name: string;
  /** Of its container or volume. */
  readonly container: string | undefined;
  /** The commit that it is pinned to; undefined if it stays as it is. */
  readonly sha: string | undefined;
}

/** Which annotations a group of images should have, or in words why that cannot be said. */
export type AnnotationKeys =
  | { readonly keys: ReadonlyMap<string, string> }
  | { readonly why: string };

/** Whether an annotation is there, with its value. */
type Present = (key: string) => { readonly sha: string | undefined } | undefined;

/** The part of a key after its `/`: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/ */
const KEY_NAME = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

/** One image has the annotation of the pod, several have one for each container. */
export function podAnnotations(images: readonly GroupImage[], present: Present): AnnotationKeys {
  const isSeveral = new Set(images.map(({ name }) => name)).size > 1;
  const keys = new Map<string, string>();
  let isEachNamed = true;
  for (const { container, sha } of images) {
    if (sha === undefined) continue;
    const key = container === undefined ? undefined : `${CONTAINER_ANNOTATION}${container}`;
    if (!isSeveral && (key === undefined || present(key) === undefined)) {
      isEachNamed = false;
      continue;
    }
    if (key === undefined || !KEY_NAME.test(container ?? ''))
      return { why: 'a container has no name that an annotation can have' };
    if ((keys.get(key) ?? sha) !== sha)
      return { why: `two images of different commits have the name ${container ?? ''}` };
    keys.set(key, sha);
  }
  const plain = present(SHA_ANNOTATION);
  if (isSeveral ? plain === undefined : plain === undefined && isEachNamed) return { keys };
  const shas = shasOf(images);
  // What an image that stays is from, only that annotation may say.
  if (shas.has(undefined)) return { keys };
  return withPlain(keys, shas);
}

/** A kustomization has one annotation for everything that it builds. */
export function sharedAnnotation(
  images: readonly GroupImage[],
  present: Present,
  isRequired: boolean,
): AnnotationKeys {
  const plain = present(SHA_ANNOTATION);
  const shas = shasOf(images);
  if (plain === undefined && (!isRequired || shas.has(undefined))) return { keys: new Map() };
  if (!shas.has(undefined)) return withPlain(new Map(), shas);
  shas.delete(undefined);
  return shas.size === 1 && shas.has(plain?.sha)
    ? { keys: new Map() }
    : { why: 'it speaks of an image that is not pinned, too' };
}

function shasOf(images: readonly GroupImage[]): Set<string | undefined> {
  return new Set(images.map(({ sha }) => sha));
}

function withPlain(
  keys: Map<string, string>,
  shas: ReadonlySet<string | undefined>,
): AnnotationKeys {
  const [sha = '', ...others] = shas;
  if (others.length > 0)
    return { why: `one ${SHA_ANNOTATION} cannot name the commits of several images` };
  return { keys: new Map([...keys, [SHA_ANNOTATION, sha]]) };
}
