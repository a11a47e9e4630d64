import type { Attaches } from '@ameide/versioning-core';
import { validateAssets } from './assets/validate.ts';
import { attachFiles } from './attach.ts';
import { buildRelease, loadRelease, saveRelease } from './build.ts';
import { checkRepository } from './check.ts';
import { inspectRelease } from './inspect.ts';
import { moveLatestByHand } from './move-latest.ts';
import { validateNotes } from './notes.ts';
import type { Target } from './options.ts';
import { type GithubBuilt, type GithubPlan, LATEST, planRelease } from './plan.ts';
import { promoteRelease, readLatest } from './promote.ts';
import { publishRelease } from './publish.ts';
import { rehearseRelease } from './rehearse.ts';
import { listReleases } from './versions.ts';

export type GithubPublisher = Attaches<GithubPlan, GithubBuilt>;

/** Creates the publisher of one repository's releases. */
export function createPublisher(target: Target): GithubPublisher {
  return {
    id: `github:${target.repository}`,
    visibleOn: 'promote',
    takesCommonToken: target.takesCommonToken,
    secrets: () => [target.token()].filter((token) => token !== undefined),
    members: [{ ecosystem: 'github', name: target.repository }],
    plan: (release) => planRelease(target, release),
    validate: async (plan, step) => [
      ...(await validateNotes(target.notes, plan, step.source)),
      ...(await validateAssets(target, plan, step.source)),
    ],
    check: async (plan, step) => checkRepository(target, plan, step),
    inspect: async (subject, step) => inspectRelease(target, subject, step),
    versions: async (plan, step) => listReleases(target, plan, step),
    buildsFrom: 'objects',
    isReproducible: true,
    build: buildRelease,
    save: saveRelease,
    load: loadRelease,
    rehearse: async (plan, built, step) => rehearseRelease(target, plan, built, step),
    publish: async (plan, built, step) => publishRelease(target, plan, built, step),
    attach: async (plan, files, step) => attachFiles(target, plan, files, step),
    promote: async (plan, step) => promoteRelease(target, plan, step),
    pointers: async (plan, step) => readLatest(target, plan, step),
    managesPointer: (pointer, version) =>
      pointer === LATEST && target.isLatestWanted && (version === undefined || isStable(version)),
    movePointer: async (plan, move, step) => moveLatestByHand(target, plan, move, step),
  };
}

/** A tag that ends with a stable version, whatever prefix it has. */
function isStable(tag: string): boolean {
  return /(?:^|\D)\d+\.\d+\.\d+$/.test(tag);
}
