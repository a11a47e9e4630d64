import { classifyRef } from '@ameide/versioning-core';
import { type CiRun, githubRun, type RunEnvironment } from './github-event.ts';

/**
 * Returns what a CI run is for. Outside of GitHub Actions it knows only whether the run is for a
 * pull request, because such a run checks out a detached HEAD, which is a dev build otherwise.
 * Throws `InvalidInputError`.
 */
export async function ciRun(env: RunEnvironment): Promise<CiRun> {
  if (env.GITHUB_ACTIONS === 'true') return githubRun(env);
  const refs = [env.CI_MERGE_REQUEST_REF_PATH, env.BUILD_SOURCEBRANCH, env.GERRIT_REFSPEC];
  const ref = refs.find((one) => one !== undefined && isPullRequest(one));
  return ref === undefined ? {} : { ref };
}

/** False for anything else, too: a variable may have any value, and tags may have any prefix. */
export function isPullRequest(ref: string): boolean {
  try {
    return classifyRef(ref).kind === 'pull-request';
  } catch {
    return false;
  }
}
