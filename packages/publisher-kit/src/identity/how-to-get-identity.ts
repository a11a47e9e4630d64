import { tokenVariable } from './token-variable.ts';

/**
 * Returns what a user can do so that this job gets an identity for an audience. One or two sentences, for hints.
 */
export function howToGetIdentity(env: NodeJS.ProcessEnv, audience: string): string {
  if (env['GITHUB_ACTIONS'] === 'true')
    return 'GitHub gives this job no identity: set `permissions: id-token: write` on the job. GitHub gives none to pull requests from forks.';
  const variable = tokenVariable(audience);
  if (env['GITLAB_CI'] === 'true')
    return `Give the job the identity token ${variable}: \`id_tokens: ${variable}: aud: ${audience}\`.`;
  if (env['CIRCLECI'] === 'true')
    return `Set ${variable} in the job: \`circleci run oidc get --claims '{"aud": "${audience}"}'\` makes the token.`;
  return 'GitHub Actions with `permissions: id-token: write`, GitLab CI with `id_tokens` and CircleCI give a job an identity.';
}
