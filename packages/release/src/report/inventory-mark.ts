/**
 * What people look for in an inventory.
 * - `behind`: the registry has a newer release of the artifact, of this repository and not withdrawn.
 * - `withdrawn`: nobody should use it any more: deprecated (npm), yanked (PyPI) or retracted (Go).
 * - `dev`: a dev build, or a pointer to one: a commit that no release has.
 * - `candidate`: a release candidate.
 * - `unknown`: the commit is not known; the state says why.
 * - `mixed`: the service uses artifacts of several commits.
 */
export const MARKS = ['behind', 'withdrawn', 'dev', 'candidate', 'unknown', 'mixed'] as const;
export type Mark = (typeof MARKS)[number];
