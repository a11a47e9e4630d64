import type { PointerRead } from '@ameide/publisher-kit';
import { type Problem, parseNpmVersion } from '@ameide/versioning-core';
import type { Manifest } from '../registry/client.ts';
import { describeManifest, type PresentImage } from '../registry/existing-image.ts';
import { decideImage, type Move, takenProblem } from './move-pointer.ts';
import { movingTagOf } from './pointer-name.ts';

/** A moving tag, and what it names now. */
interface ReadName {
  readonly move: Move;
  readonly read: PointerRead<Manifest>;
}

/**
 * Returns the conflict with another commit that was published as our version before our write of the
 * version's tag took effect: tags have no compare-and-swap. The release of that commit has moved every
 * name that only releases move, except those that name a higher version, and its image has the label
 * of a dev build of our version. But a person may have set a name to such a dev build. So it is a
 * conflict only if all of these names agree; the first that does not ends the search. If a name cannot
 * be read, returns that problem, and no name moves.
 */
export async function findTaken(names: readonly ReadName[]): Promise<Problem | undefined> {
  let taken: { readonly revision: string; readonly problem: Problem } | undefined;
  for (const { move, read } of names) {
    const { client, plan, pointer, step } = move;
    // Candidates of other commits move the others.
    if (movingTagOf(plan, pointer).rule !== 'stable') continue;
    if ('problem' in read) return read.problem;
    if (read.current === undefined) return undefined;
    const image = await describeManifest(client, read.current, step.signal);
    if (image.state === 'unknown') return image.problem;
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
