import { attachedTo, type Contents, type Decision, treeOf } from './decide.ts';

/** One image to remove, and its parts in the order of removal. */
export interface ImageToRemove {
  readonly digest: string;
  /** Everything attached to the image or its contents; each before the manifest it is attached to. */
  readonly attachments: readonly string[];
  /** The contents of the image; an index before its images. */
  readonly contained: readonly string[];
}

/**
 * Returns the images that `digests` names, each once, with the parts that are removed with them. An
 * image that contains another one comes before it.
 */
export function orderImages(
  digests: readonly string[],
  contents: Contents,
  { toRemove }: Decision,
): readonly ImageToRemove[] {
  const attached = attachedTo(contents);
  const images = [...new Set(digests)].filter((digest) => toRemove.has(digest));
  return images
    .map((digest): ImageToRemove => {
      const tree = treeOf(digest, contents);
      const isInTree = new Set(tree);
      const attachments = attachmentsOf(tree, contents, attached);
      return {
        digest,
        attachments: attachments.filter((one) => toRemove.has(one) && !isInTree.has(one)),
        contained: tree.filter((one) => one !== digest && toRemove.has(one)),
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
