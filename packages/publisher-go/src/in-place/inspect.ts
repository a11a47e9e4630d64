import type { RemoteRef } from '@ameide/publisher-kit';
import type { Coordinate, Finding, Step } from '@ameide/versioning-core';
import { isPseudoVersion } from '@ameide/versioning-core';
import type { Access } from '../access.ts';
import { silent } from '../silent.ts';
import type { InPlacePlan } from './plan.ts';

/** A release: does the tag exist, and on our commit? The commit is the content, so the same commit is the same bytes. */
export async function findTag(plan: InPlacePlan, ref: string, { remote }: Access, { signal }: Step): Promise<Finding[]> {
  const answer = await remote.lsRemote([ref], { signal });
  return plan.coordinates.map((coordinate) => {
    if ('failure' in answer) return silent(coordinate, remote.url, answer.failure);
    const sha = commitOf(answer.refs, ref);
    return sha === undefined
      ? { coordinate, state: 'absent' }
      : { coordinate, state: sha === plan.sha ? 'identical' : 'conflict', sha, digest: sha };
  });
}

/** A dev build is there as soon as a branch or a tag of the host reaches the commit. */
export async function findDev(plan: InPlacePlan, access: Access, step: Step): Promise<Finding[]> {
  return Promise.all(plan.coordinates.map((coordinate) => findCommit(coordinate, plan.sha, access, step)));
}

/** For `trace`: the commit of a tag, or the one that a pseudo-version abbreviates in this clone. */
export async function findSource(
  coordinate: Coordinate,
  module: { readonly prefix: string; readonly gitDirectory: string; readonly access: Access },
  step: Step,
): Promise<Finding> {
  const { access, prefix, gitDirectory } = module;
  if (!isPseudoVersion(coordinate.version)) {
    const ref = `refs/tags/${prefix}${coordinate.version}`;
    const answer = await access.remote.lsRemote([ref], { signal: step.signal });
    if ('failure' in answer) return silent(coordinate, access.url, answer.failure);
    const sha = commitOf(answer.refs, ref);
    return sha === undefined ? { coordinate, state: 'absent' } : { coordinate, state: 'same-source', sha, digest: sha };
  }
  const revision = `${coordinate.version.slice(-12)}^{commit}`;
  const argv = ['git', `--git-dir=${gitDirectory}`, 'rev-parse', '--verify', '--quiet', '--end-of-options', revision] as const;
  const result = await access.processes.run({ argv, cwd: gitDirectory, signal: step.signal });
  if (result.ok) return findCommit(coordinate, result.stdoutText.trim(), access, step);
  return {
    coordinate,
    state: 'unknown',
    problem: {
      code: 'go-commit-unknown',
      kind: 'incomplete',
      message: `This clone has no commit ${revision.slice(0, 12)}.`,
      hint: 'Fetch all branches and ask again.',
      effect: 'none',
      rerun: 'after-fix',
    },
  };
}

async function findCommit(coordinate: Coordinate, sha: string, { remote }: Access, step: Step): Promise<Finding> {
  const answer = await remote.lsRemote(['refs/heads/*', 'refs/tags/*'], { signal: step.signal });
  if ('failure' in answer) return silent(coordinate, remote.url, answer.failure);
  const reachable = await isReachable(sha, answer.refs, step.history);
  return reachable ? { coordinate, state: 'identical', sha, digest: sha } : { coordinate, state: 'absent' };
}

async function isReachable(sha: string, refs: readonly RemoteRef[], history: Step['history']): Promise<boolean> {
  const tips = [...new Set(refs.map((ref) => ref.peeled ?? ref.sha))];
  if (tips.includes(sha)) return true;
  for (const tip of tips) {
    if ((await history.relation(sha, tip)) === 'ancestor') return true;
  }
  return false;
}

function commitOf(refs: readonly RemoteRef[], name: string): string | undefined {
  const found = refs.find(({ ref }) => ref === name);
  return found?.peeled ?? found?.sha;
}
