/**
 * What a tag of ours can be. `release`: `X.Y.Z`. `candidate`: `X.Y.Z-rc.N`. `commit`: a full SHA.
 * `line`: `X.Y`, which moves, as `dev` and `latest` do.
 */
export type TagKind = 'release' | 'candidate' | 'commit' | 'dev' | 'line' | 'latest';

const NUMBER = '(0|[1-9][0-9]*)';

/**
 * One regular expression for each kind, without anchors. JavaScript, RE2 (CEL) and Go read them
 * alike: no class, look-around or back-reference.
 */
export const TAG_PATTERNS: Readonly<Record<TagKind, string>> = {
  release: `${NUMBER}[.]${NUMBER}[.]${NUMBER}`,
  candidate: `${NUMBER}[.]${NUMBER}[.]${NUMBER}-rc[.]${NUMBER}`,
  commit: '([0-9a-f]{40}|[0-9a-f]{64})',
  dev: 'dev',
  line: `${NUMBER}[.]${NUMBER}`,
  latest: 'latest',
};

/** How messages name the tags of a kind. */
export const TAG_FORMS: Readonly<Record<TagKind, string>> = {
  release: 'X.Y.Z',
  candidate: 'X.Y.Z-rc.N',
  commit: '<sha>',
  dev: 'dev',
  line: 'X.Y',
  latest: 'latest',
};

export const TAG_KINDS = Object.keys(TAG_PATTERNS) as readonly TagKind[];

const ANCHORED = TAG_KINDS.map(
  (kind) => [kind, new RegExp(`^(?:${TAG_PATTERNS[kind]})$`)] as const,
);

/** Returns the kind of a tag; undefined for one that no release of ours makes. */
export function tagKind(tag: string): TagKind | undefined {
  return ANCHORED.find(([, pattern]) => pattern.test(tag))?.[0];
}

/** The kinds of tag that name one image for ever, the most definite one first. */
export const IMMUTABLE_KINDS: readonly TagKind[] = ['commit', 'release', 'candidate'];

/** True for a tag that names one image for ever. */
export function isImmutableTag(tag = ''): boolean {
  return IMMUTABLE_KINDS.some((kind) => kind === tagKind(tag));
}
