/** The refs that hold the provenances of a mirror's commits. A clone does not fetch them. */
export const ATTESTATION_REFS = 'refs/attestations/*';

/** The ref that holds the provenance of one commit of a mirror. `commit` is its full id. */
export function attestationRef(commit: string): string {
  return ATTESTATION_REFS.replace('*', commit);
}
