/**
 * GitHub's REST API, for publishers: octokit over the kit's `Http`. Apart from the kit's other exports, because
 * whoever does not talk to GitHub should not load octokit.
 */

export type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
export { type Asked, ask, type GithubQuestion, orNone } from './ask.ts';
export { BYTES, createOctokit, type GithubAccess } from './octokit.ts';
