import type { CiRun, RunEnvironment } from './ci-run.ts';
import { githubRun } from './github-event.ts';

/** Returns what a CI run is for; nothing outside of CI systems that are known. */
export async function findCiRun(env: RunEnvironment): Promise<CiRun> {
  if (env['GITHUB_ACTIONS'] === 'true') return githubRun(env);
  const { serviceRun } = await import('./ci-service.ts');
  return serviceRun(env);
}
