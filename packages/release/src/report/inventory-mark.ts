/**
 * What people look for in an inventory.
 * - `behind`: the registry has a newer release of the artifact.
 * - `dev`: a dev build, or a pointer to one: a commit that no release has.
 * - `candidate`: a release candidate.
 * - `unknown`: the commit is not known; the state says why.
 * - `mixed`: the service uses artifacts of several commits.
 */
export const MARKS = ['behind', 'dev', 'candidate', 'unknown', 'mixed'] as const;
export type Mark = (typeof MARKS)[number];
