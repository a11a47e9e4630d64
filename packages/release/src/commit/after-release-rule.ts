/**
 * The version that a dev build leads to if its base is already released. `changesets`: what
 * `changeset version` would release at the commit, or the next patch if that is nothing. For the
 * others see `VersionOptions`.
 */
export type AfterRelease = (typeof AFTER_RELEASE)[number];

export const AFTER_RELEASE = ['next-patch', 'changesets', 'keep', 'error'] as const;
