/** The contents of a repository that a removal depends on. Manifests are named by their digests. */
export interface Contents {
  /** The manifest that each tag names. */
  readonly tags: ReadonlyMap<string, string>;
  readonly manifests: ReadonlyMap<string, ReadManifest>;
  /** Tags that are listed but name nothing, because a deletion was interrupted before it removed them. */
  readonly dangling: readonly string[];
  /** By subject, where the registry lists referrers. */
  readonly referrers: ReadonlyMap<string, readonly string[]>;
}

/** What a manifest says about other manifests. */
export interface ReadManifest {
  /** The digests of the manifests in an index. */
  readonly children: readonly string[];
  /** The digest of the manifest that it is attached to, as a signature is. */
  readonly subject?: string | undefined;
}

export interface Decision {
  readonly toRemove: ReadonlySet<string>;
  /** Why a manifest is kept, as a clause for people: it follows "…, because". */
  readonly kept: ReadonlyMap<string, string>;
}

/**
 * Returns the digest of what a tag such as `sha256-<hex>` or `sha256-<hex>.sig` is attached to
 * (distribution-spec, "Referrers Tag Schema"; cosign's tags are of the same form).
 */
export function subjectOfTag(tag: string): string | undefined {
  const hex = /^sha256-([0-9a-f]{64})(?:\.[A-Za-z0-9_.-]+)?$/.exec(tag)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Returns what is attached to a manifest: by tags of that form, and by the registry's own list. */
export function attachedTo(contents: Contents): (digest: string) => readonly string[] {
  const tagged = Map.groupBy(contents.tags, ([tag]) => subjectOfTag(tag));
  return (digest) => [
    ...new Set([
      ...(tagged.get(digest) ?? []).map(([, named]) => named),
      ...(contents.referrers.get(digest) ?? []),
    ]),
  ];
}

/** Returns a manifest and what it contains, an index before its images. */
export function treeOf(digest: string, { manifests }: Contents): readonly string[] {
  const found = new Set<string>();
  const visit = (one: string): void => {
    if (found.has(one)) return;
    found.add(one);
    for (const child of manifests.get(one)?.children ?? []) visit(child);
  };
  visit(digest);
  return [...found];
}

/**
 * Decides which manifests to remove with the tags in `removing`: the manifests that they name, the
 * contents of these, and everything attached. Keeps what another tag names or contains, and what is
 * attached to a manifest that is kept. Pure.
 */
export function decideRemoval(contents: Contents, removing: ReadonlySet<string>): Decision {
  const kept = new Map<string, string>();
  const keep = (digest: string, whole: string, part: string): void => {
    for (const one of treeOf(digest, contents))
      if (!kept.has(one)) kept.set(one, one === digest ? whole : part);
  };
  const keepTag = (tag: string, digest: string): void =>
    keep(digest, `the tag ${tag} names it, too`, `the index that the tag ${tag} names contains it`);
  const others = [...contents.tags].filter(([tag]) => !removing.has(tag));
  for (const [tag, digest] of others) if (subjectOfTag(tag) === undefined) keepTag(tag, digest);
  const attached = attachedTo(contents);
  for (;;) {
    const before = kept.size;
    const toRemove = reachable(contents, { removing, kept, attached });
    for (const [tag, digest] of others) {
      const subject = subjectOfTag(tag);
      if (subject !== undefined && !toRemove.has(subject)) keepTag(tag, digest);
    }
    for (const digest of toRemove) {
      const subject = contents.manifests.get(digest)?.subject;
      if (subject === undefined || toRemove.has(subject)) continue;
      const reason = `it is attached to ${subject}, which is kept`;
      keep(digest, reason, reason);
    }
    if (kept.size === before) return { toRemove, kept };
  }
}

interface Search {
  readonly removing: ReadonlySet<string>;
  readonly kept: ReadonlyMap<string, string>;
  readonly attached: (digest: string) => readonly string[];
}

function reachable(
  { manifests, tags }: Contents,
  { attached, kept, removing }: Search,
): ReadonlySet<string> {
  const toRemove = new Set<string>();
  const visit = (digest: string): void => {
    if (toRemove.has(digest) || kept.has(digest)) return;
    toRemove.add(digest);
    for (const child of manifests.get(digest)?.children ?? []) visit(child);
    for (const one of attached(digest)) visit(one);
  };
  for (const tag of removing) {
    const digest = tags.get(tag);
    if (digest !== undefined) visit(digest);
  }
  return toRemove;
}
