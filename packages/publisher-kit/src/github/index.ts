/**
 * GitHub's REST API, for publishers: octokit over the kit's `Http`. Separate from the kit's other exports,
 * so that only a publisher that uses GitHub loads octokit.
 */

export type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
export { type Asked, ask, type GithubQuestion, orNone } from './ask.ts';
export { BYTES, createOctokit, type GithubAccess } from './octokit.ts';
