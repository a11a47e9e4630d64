import { IDENTITY_HINT, type Problem, problem } from '@ameide/versioning-core';

/** What needs a definition with `identity`. */
export interface NeedsIdentity {
  /** `npm-provenance-identity`. */
  readonly code: string;
  readonly proof: 'provenance' | 'attestations';
  /** A coordinate, or a publisher. */
  readonly of: string;
  readonly coordinate?: string;
}

/** The problem of a definition that names nobody who may sign. Offline, before anything is sent. */
export function needsIdentity({ code, of, proof, ...named }: NeedsIdentity): Problem {
  return problem({
    code,
    kind: 'input',
    message: `The release definition has no \`identity\`, which says whose ${proof} of ${of} to accept.`,
    hint: IDENTITY_HINT,
    field: 'identity',
    ...named,
  });
}
