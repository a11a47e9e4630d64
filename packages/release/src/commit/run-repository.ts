/** The variables in which CI systems say which repository a run is of. */
export interface RepositoryVariables {
  readonly GITHUB_ACTIONS?: string | undefined;
  /** Of GitHub Enterprise, Gitea and Forgejo, too. */
  readonly GITHUB_SERVER_URL?: string | undefined;
  readonly GITHUB_REPOSITORY?: string | undefined;
  readonly GITLAB_CI?: string | undefined;
  readonly CI_PROJECT_URL?: string | undefined;
}

/**
 * Returns the address of the repository that a CI run is of. The run's workflow may have checked out
 * another one, a fork; what it checked out cannot change these variables.
 */
export function runRepository(env: RepositoryVariables): string | undefined {
  const { GITHUB_REPOSITORY: name, GITHUB_SERVER_URL: server, CI_PROJECT_URL: project } = env;
  if (env.GITHUB_ACTIONS === 'true' && isSet(name))
    return `${isSet(server) ? server : 'https://github.com'}/${name}`;
  return env.GITLAB_CI === 'true' && isSet(project) ? project : undefined;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
