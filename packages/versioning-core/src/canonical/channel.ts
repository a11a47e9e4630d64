import { InvalidInputError, received } from '../errors.ts';
import { type BaseVersion, parseBase } from './base.ts';

/** How a build reaches its users. The git ref alone decides it. */
export type Channel =
  /** Tag `vX.Y.Z`. */
  | { readonly kind: 'release'; readonly base: BaseVersion }
  /** Tag `vX.Y.Z-rc.N`. */
  | { readonly kind: 'candidate'; readonly base: BaseVersion; readonly number: number }
  /** Any branch. */
  | { readonly kind: 'dev' }
  /** `refs/pull/N/*`: gets the versions of a dev build, but nothing is published. */
  | { readonly kind: 'pull-request'; readonly number: number };

export type ChannelKind = Channel['kind'];

const TAG = /^v(\d+\.\d+\.\d+)(?:-rc\.(0|[1-9]\d{0,8}))?$/;
// git-check-ref-format(1) allows no control characters, space, ~ ^ : ? * [ \, "..", "@{", "//", no
// leading "." and no trailing "." or ".lock". This pattern also refuses a leading "-", which a
// command would take for an option, and ` $ ; | & < > " ': git allows these in a branch name, and
// branch names have become shell commands in other people's workflows through them.
const FORBIDDEN = /[`$;|&<>"']|[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\/-|\.lock(?:\/|$)|[./]$/;

/**
 * Reads a version tag, with or without `refs/tags/`. Returns undefined unless it is `vX.Y.Z` or
 * `vX.Y.Z-rc.N`.
 */
export function parseVersionTag(
  tag: string,
): Extract<Channel, { kind: 'release' | 'candidate' }> | undefined {
  const m = TAG.exec(tag.replace(/^refs\/tags\//, ''));
  if (m === null) return undefined;
  try {
    const base = parseBase(m[1]);
    return m[2] === undefined
      ? { kind: 'release', base }
      : { kind: 'candidate', base, number: Number(m[2]) };
  } catch {
    return undefined;
  }
}

/** `v0.1.0` or `v0.1.0-rc.1`. */
export function formatVersionTag(
  channel: Extract<Channel, { kind: 'release' | 'candidate' }>,
): string {
  return channel.kind === 'release' ? `v${channel.base}` : `v${channel.base}-rc.${channel.number}`;
}

/**
 * Classifies a full git ref, `refs/…`. Throws `InvalidInputError` if it is none of the four kinds.
 */
export function classifyRef(ref: unknown): Channel {
  if (
    typeof ref === 'string' &&
    ref.length <= 1000 &&
    !FORBIDDEN.test(ref) &&
    !/[^\P{C}]/u.test(ref)
  ) {
    if (ref.startsWith('refs/heads/')) return { kind: 'dev' };
    const pull = /^refs\/pull\/([1-9]\d{0,9})\/[A-Za-z0-9_-]+$/.exec(ref);
    if (pull !== null) return { kind: 'pull-request', number: Number(pull[1]) };
    const tag = ref.startsWith('refs/tags/') ? parseVersionTag(ref) : undefined;
    if (tag !== undefined) return tag;
  }
  throw new InvalidInputError({
    field: 'ref',
    received: received(ref),
    expected:
      'refs/tags/vX.Y.Z, refs/tags/vX.Y.Z-rc.N, refs/heads/<branch> or refs/pull/<number>/<name>',
    hint: 'In GitHub Actions pass $GITHUB_REF; elsewhere: git symbolic-ref HEAD',
  });
}
