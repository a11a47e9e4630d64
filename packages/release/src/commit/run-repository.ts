import type { RunEnvironment } from './ci-run.ts';

/**
 * Returns the address of the repository that a CI run is of. The run's workflow may have checked out
 * another one, a fork; what it checked out cannot change these variables. Gitea and Forgejo have
 * those of GitHub Actions.
 */
export function runRepository(env: RunEnvironment): string | undefined {
  const server = present(env['GITHUB_SERVER_URL']) ?? 'https://github.com';
  const name = present(env['GITHUB_REPOSITORY']);
  if (env['GITHUB_ACTIONS'] === 'true' && name !== undefined) return `${server}/${name}`;
  return env['GITLAB_CI'] === 'true' ? present(env['CI_PROJECT_URL']) : undefined;
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
