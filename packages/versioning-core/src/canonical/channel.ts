import { InvalidInputError, received } from '../errors.ts';
import { type BaseVersion, parseBase } from './base.ts';

/** How a build reaches its users. The git ref alone decides it. */
export type Channel =
  /** Tag `vX.Y.Z`, or with another prefix. */
  | { readonly kind: 'release'; readonly base: BaseVersion }
  /** Tag `vX.Y.Z-rc.N`. */
  | { readonly kind: 'candidate'; readonly base: BaseVersion; readonly number: number }
  /** Any branch. */
  | { readonly kind: 'dev' }
  /**
   * What is proposed and not merged yet: a pull request, a merge request, a merge queue's temporary
   * branch. Gets the versions of a dev build, but nothing is published. `number` where the ref has
   * one.
   */
  | { readonly kind: 'pull-request'; readonly number?: number };

export type ChannelKind = Channel['kind'];

const TAGS = 'refs/tags/';

/** What comes before the version in a release tag, unless the definition says otherwise. */
export const TAG_PREFIX = 'v';

const VERSION = /^(\d+\.\d+\.\d+)(?:-rc\.(0|[1-9]\d{0,8}))?$/;
// What git-check-ref-format(1) refuses in a branch, and a leading "-", which `git branch` refuses.
// Everything else is data, ` $ ; & ' " too: no ref of ours ever reaches a shell.
const NO_REF = /[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^refs\/heads\/-|\.lock(?:\/|$)|[./]$/;

const MERGE_REQUESTS: readonly RegExp[] = [
  // GitHub, Azure Pipelines, Gitea.
  /^refs\/pull\/([1-9]\d{0,9})\/[A-Za-z0-9_-]+$/,
  // GitLab; `train` is a merge train's.
  /^refs\/merge-requests\/([1-9]\d{0,9})\/(?:head|merge|train)$/,
  // Bitbucket Data Center.
  /^refs\/pull-requests\/([1-9]\d{0,9})\/(?:from|merge)$/,
  // Gerrit: the last two digits of the change, the change, the patch set.
  /^refs\/changes\/\d\d\/([1-9]\d{0,9})\/[1-9]\d*$/,
];

// The temporary branches of merge queues, which are thrown away: GitHub, Mergify, Graphite, Trunk.
// Those of bors (`staging`, `trying`) may be somebody's own branches: the option `branches`
// excludes them.
const MERGE_QUEUE =
  /^refs\/heads\/(?:gh-readonly-queue\/|mergify\/merge-queue\/|gtmq_|trunk-(?:merge|temp)\/)(?:(?:.*\/)?pr-([1-9]\d{0,9})(?:[-/]|$))?/;

/**
 * Reads the name of a version tag, without `refs/tags/`: a tag may be called `refs/tags/v0.1.0`, which
 * is no version. Returns undefined unless it is the prefix and then `X.Y.Z` or `X.Y.Z-rc.N`.
 */
export function parseVersionTag(
  tag: string,
  prefix: string = TAG_PREFIX,
): Extract<Channel, { kind: 'release' | 'candidate' }> | undefined {
  const m = tag.startsWith(prefix) ? VERSION.exec(tag.slice(prefix.length)) : null;
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

/** `v0.1.0` or `v0.1.0-rc.1`, or with another prefix: `sdk/v0.1.0`. */
export function formatVersionTag(
  channel: Extract<Channel, { kind: 'release' | 'candidate' }>,
  prefix: string = TAG_PREFIX,
): string {
  return `${prefix}${channel.base}${channel.kind === 'release' ? '' : `-rc.${channel.number}`}`;
}

/**
 * Classifies a full git ref, `refs/…`. Throws `InvalidInputError` if it is none of the four kinds.
 * `tagPrefix` is what comes before the version in a tag.
 */
export function classifyRef(ref: unknown, tagPrefix: string = TAG_PREFIX): Channel {
  const shown = typeof ref === 'string' && !/[^\P{C}]/u.test(ref);
  if (shown && ref.length <= 1000 && !NO_REF.test(ref)) {
    const proposed = parseProposed(ref);
    if (proposed !== undefined) return proposed;
    if (ref.startsWith('refs/heads/')) return { kind: 'dev' };
    const isTag = ref.startsWith(TAGS);
    const version = isTag ? parseVersionTag(ref.slice(TAGS.length), tagPrefix) : undefined;
    if (version !== undefined) return version;
  }
  throw new InvalidInputError({
    field: 'ref',
    received: received(ref),
    expected: `refs/tags/${tagPrefix}X.Y.Z, refs/tags/${tagPrefix}X.Y.Z-rc.N, refs/heads/<branch>, or the ref of a pull request such as refs/pull/<number>/<name>`,
    hint: hintFor(ref),
  });
}

function parseProposed(ref: string): Channel | undefined {
  const queue = MERGE_QUEUE.exec(ref);
  const match = queue ?? MERGE_REQUESTS.map((pattern) => pattern.exec(ref)).find(Boolean);
  if (match === undefined || match === null) return undefined;
  return {
    kind: 'pull-request',
    ...(match[1] === undefined ? {} : { number: Number(match[1]) }),
  };
}

function hintFor(ref: unknown): string {
  const isBranch = typeof ref === 'string' && ref.startsWith('refs/heads/');
  return isBranch
    ? 'git help check-ref-format lists what a branch may be called. Control characters and characters that nobody sees are refused as well; rename the branch.'
    : 'In GitHub Actions pass $GITHUB_REF; elsewhere: git symbolic-ref HEAD';
}
