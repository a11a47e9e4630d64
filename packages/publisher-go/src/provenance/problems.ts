import type { RefResult } from '@ameide/publisher-kit';
import { needsIdentity } from '@ameide/publisher-kit/identity';
import {
  type Coordinate,
  type Finding,
  formatCoordinate,
  type Problem,
  problem,
} from '@ameide/versioning-core';
import type { MirrorPlan } from '../mirror/plan.ts';
import { attestationRef } from './attestation-ref.ts';

/** Returns the problem of a definition that names nobody who may sign the provenance. Offline. */
export function provenanceFlaws({ publisher, signing }: MirrorPlan): readonly Problem[] {
  if (signing === undefined || signing.identity !== undefined) return [];
  return [needsIdentity({ code: 'go-provenance-identity', proof: 'provenance', of: publisher })];
}

/** The problem of a ref to which nothing can be added. It is not overwritten. */
export function refTaken(
  { coordinate: of, digest = '' }: Pick<Finding, 'coordinate' | 'digest'>,
  { registry }: MirrorPlan,
): Problem {
  const coordinate = formatCoordinate(of);
  const ref = attestationRef(digest);
  return problem({
    code: 'go-provenance-ref-taken',
    kind: 'conflict',
    message: `Could not push the provenance of ${coordinate}: ${ref} of ${registry} names an object that is not a commit.`,
    hint: `Find out who pushed it. publish overwrites nothing: delete the ref (git push ${registry} --delete ${ref}), then run publish again.`,
    coordinate,
  });
}

/** The problem of a host that refuses the ref: by a rule, or because it takes branches and tags only. */
export function refRefused(
  of: Coordinate,
  commit: string,
  { registry }: MirrorPlan,
  { detail = 'no reason given' }: Pick<RefResult, 'detail'>,
): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-provenance-refused',
    kind: 'incomplete',
    message: `Could not push the provenance of ${coordinate}: the host of ${registry} refused ${attestationRef(commit)} (${detail}).`,
    hint: 'The version is published. Allow these refs in the host’s rules. If the host takes only branches and tags, set provenance to false.',
    coordinate,
    reason: detail,
    rerun: 'after-fix',
  });
}

/** The problem of a ref that another run changed before each of our pushes. */
export function contended(of: Coordinate, commit: string, { registry }: MirrorPlan): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-provenance-contended',
    kind: 'incomplete',
    message: `Could not push the provenance of ${coordinate}: other runs changed ${attestationRef(commit)} of ${registry} during each of our pushes.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
    coordinate,
  });
}

/** The problem of a host that does not show what it has accepted. */
export function notShown(of: Coordinate, { registry }: MirrorPlan): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-provenance-not-shown',
    kind: 'unknown',
    message: `The provenance of ${coordinate} was pushed, but ${registry} does not show it.`,
    hint: 'Run the same command again: it reads the mirror first.',
    coordinate,
  });
}

/** The problem of a commit without a valid provenance, to which a branch is to move. */
export function notProven(
  of: Pick<Coordinate, 'ecosystem' | 'name' | 'version'>,
  commit: string,
  { registry }: MirrorPlan,
): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-commit-not-proven',
    kind: 'conflict',
    message: `${coordinate} is commit ${commit} of ${registry}, which has no valid provenance, so no branch can move to it.`,
    hint: 'Somebody moved the tag after its commit was signed: find out who. If it is the right commit, run publish again, which signs it.',
    coordinate,
    rerun: 'after-fix',
  });
}

/** The problem of a tag that somebody moved after it was compared with the release. */
export function replaced(
  { coordinate: of, digest = '' }: Pick<Finding, 'coordinate' | 'digest'>,
  before: string,
  { registry }: MirrorPlan,
): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-commit-replaced',
    kind: 'conflict',
    message: `The provenance of ${coordinate} was not signed: in ${registry} its tag named ${before} when it was compared with this release, and names ${digest} now.`,
    hint: 'Somebody moved the tag during the run: find out who, and protect the tags of the mirror.',
    coordinate,
    rerun: 'after-fix',
  });
}

/** The problem of a version that is gone from the mirror. */
export function notThere(of: Coordinate, { registry }: MirrorPlan): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'go-nothing-to-prove',
    kind: 'incomplete',
    message: `Could not sign the provenance of ${coordinate}: ${registry} does not have it.`,
    hint: 'Run the same command again: it publishes what is missing.',
    coordinate,
  });
}
