import { type Problem, problem } from '@ameide/versioning-core';
import type { TracedArtifact } from '../trace/trace-report.ts';
import type { VerifiedArtifact } from './verify-report.ts';

/**
 * Returns a problem for each artifact that names the commit but is none of those that were verified: anybody who may push
 * can make one that names any commit. The same name at the same registry is the same artifact, and so are the same bytes
 * under another name, such as an image's `latest`.
 */
export function findUnverified(
  asked: readonly TracedArtifact[],
  verified: readonly VerifiedArtifact[],
): readonly Problem[] {
  return asked
    .filter(({ state }) => state !== 'absent')
    .filter((one) => !verified.some((other) => isSame(one, other)))
    .map(notVerified);
}

function isSame(one: TracedArtifact, other: VerifiedArtifact): boolean {
  if (one.publisher !== other.publisher || one.registry !== other.registry) return false;
  if (one.coordinate === other.coordinate) return true;
  return one.digest !== undefined && one.digest === other.digest;
}

function notVerified({ coordinate }: TracedArtifact): Problem {
  return problem({
    code: 'not-verified',
    kind: 'incomplete',
    message: `${coordinate} is not proven: it names this commit, but is none of the artifacts that the definition publishes from it.`,
    hint: 'Anybody who may push there can make an artifact that names any commit: find out who published this one. If an older definition published it, verify with that definition; if it is one platform of an image, verify the whole image.',
    coordinate,
    effect: 'none',
    rerun: 'never',
  });
}
