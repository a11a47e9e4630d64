import {
  type Coordinate,
  classifyFinding,
  type Finding,
  formatCoordinate,
  type Problem,
} from '@ameide/versioning-core';
import { problem } from './problems.ts';

/** What a registry holds under one tag or digest. */
export type Held =
  | {
      readonly state: 'present';
      readonly digest: string;
      /** `org.opencontainers.image.revision`, when it is a full commit id. */
      readonly revision?: string;
      /** `org.opencontainers.image.version`. */
      readonly version?: string;
    }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

/**
 * A finding from what is held. `sha` is ours; without one, any image that names its commit is
 * `same-source`. Pure.
 */
export function judge(
  coordinate: Coordinate,
  held: Held,
  sha?: string,
  builtDigest?: string,
): Finding {
  if (held.state === 'absent') return { coordinate, state: 'absent' };
  if (held.state === 'unknown') return { coordinate, state: 'unknown', problem: held.problem };
  const { digest, revision } = held;
  const named = revision === undefined ? {} : { sha: revision };
  const state = classifyFinding({ digests: [digest], sha: revision }, { digest: builtDigest, sha });
  const found = { coordinate, state, digest, ...named };
  return state === 'conflict' ? { ...found, problem: conflict(coordinate, revision, sha) } : found;
}

/** The tag is there and is not ours. */
export function conflict(
  coordinate: Coordinate,
  revision: string | undefined,
  sha: string | undefined,
): Problem {
  const named = revision === undefined ? 'names no commit' : `was built from ${revision}`;
  const ours = sha === undefined ? '' : `, not from ${sha}`;
  const where = formatCoordinate(coordinate);
  return problem(
    'ghcr-tag-conflict',
    'conflict',
    `${where} is there already and ${named}${ours}.`,
    {
      coordinate: where,
      rerun: 'never',
      hint: 'An immutable tag is never overwritten. Release under a new version, or delete the foreign tag if it was a mistake.',
    },
  );
}
