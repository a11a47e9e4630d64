import { type Problem, parseNpmVersion } from '@ameide/versioning-core';
import { type PresentImage, readImage } from '../registry/existing-image.ts';
import { decideImage, type Move, takenProblem } from './move-pointer.ts';
import { movingTagOf } from './pointer-name.ts';

/**
 * Returns the conflict of another commit that was published as our version, before our write of the
 * version's tag took effect: tags have no compare-and-swap. Such a release has moved every name of
 * stable versions that did not name a higher one, and its image calls itself a dev build of that
 * version. A name that a person set to a dev build looks the same, so one that differs is enough to
 * go on. Reads no further than that; a name that cannot be read holds them all.
 */
export async function findTaken(moves: readonly Move[]): Promise<Problem | undefined> {
  let taken: { readonly revision: string; readonly problem: Problem } | undefined;
  for (const move of moves) {
    const { client, plan, pointer, step } = move;
    // Candidates of other commits move the others.
    if (movingTagOf(plan, pointer).rule !== 'stable') continue;
    const image = await readImage(client, pointer.pointer, step.signal);
    if (image.state === 'unknown') return image.problem;
    if (image.state === 'absent') return undefined;
    const { name, decision } = await decideImage(move, image);
    if (decision === 'superseded') continue;
    if (typeof decision === 'object' && 'code' in decision) return decision;
    const { revision } = image;
    if (revision === undefined || revision === plan.sha || !isDevBuildOf(plan.version, image))
      return undefined;
    if (taken !== undefined && taken.revision !== revision) return undefined;
    taken ??= { revision, problem: takenProblem(move, name, revision) };
  }
  return taken?.problem;
}

function isDevBuildOf(release: string, { revision = '', version = '' }: PresentImage): boolean {
  const { base, shortSha } = parseNpmVersion(version) ?? {};
  return base === release && shortSha !== undefined && revision.startsWith(shortSha);
}
