import { attachedTo, type Contents, type Decision, treeOf } from './decide.ts';

/** One image to remove, and its parts in the order in which they go. */
export interface GoingImage {
  readonly digest: string;
  /** What is attached to the image or to what it contains; before what that is attached to. */
  readonly attachments: readonly string[];
  /** What the image contains; an index before its images. */
  readonly contained: readonly string[];
}

/**
 * Returns the images that `digests` names, each once, with what goes with them: an image that contains
 * another one of them before that one.
 */
export function orderImages(
  digests: readonly string[],
  contents: Contents,
  { going }: Decision,
): readonly GoingImage[] {
  const attached = attachedTo(contents);
  const images = [...new Set(digests)].filter((digest) => going.has(digest));
  return images
    .map((digest): GoingImage => {
      const tree = treeOf(digest, contents);
      const isInTree = new Set(tree);
      const attachments = attachmentsOf(tree, contents, attached);
      return {
        digest,
        attachments: attachments.filter((one) => going.has(one) && !isInTree.has(one)),
        contained: tree.filter((one) => one !== digest && going.has(one)),
      };
    })
    .toSorted((a, b) => b.contained.length - a.contained.length);
}

function attachmentsOf(
  tree: readonly string[],
  contents: Contents,
  attached: (digest: string) => readonly string[],
): readonly string[] {
  const found = new Set<string>();
  const seen = new Set(tree);
  const visit = (digest: string): void => {
    for (const one of attached(digest)) {
      if (seen.has(one)) continue;
      const own = treeOf(one, contents).filter((part) => !seen.has(part));
      for (const part of own) seen.add(part);
      for (const part of own) visit(part);
      for (const part of own) found.add(part);
    }
  };
  for (const digest of tree) visit(digest);
  return [...found];
}
