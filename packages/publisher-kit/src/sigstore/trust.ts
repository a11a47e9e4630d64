import { failed, InvalidInputError, ok, type Result, type Sigstore } from '@ameide/versioning-core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { sigstoreProblem } from './problems.ts';

/** Reads a trusted root. Throws `InvalidInputError` if it is none. */
export function parseTrustedRoot(root: object, field: string): TrustedRoot {
  try {
    const parsed = TrustedRoot.fromJSON(root);
    if (parsed.certificateAuthorities.length + parsed.tlogs.length > 0) return parsed;
  } catch {
    // Told below.
  }
  const expected = 'the JSON of a trusted root: mediaType, certificateAuthorities, ctlogs, tlogs';
  throw new InvalidInputError({ field, expected });
}

/**
 * Returns the certificates and keys to verify with: the given ones, offline; or those of the public
 * Sigstore, from its TUF repository and its cache in the home folder.
 */
export async function trustedRootOf({ trustedRoot }: Sigstore): Promise<Result<TrustedRoot>> {
  if (trustedRoot !== undefined) return ok(parseTrustedRoot(trustedRoot, 'sigstore.trustedRoot'));
  const { getTrustedRoot } = await import('@sigstore/tuf');
  try {
    return ok(await getTrustedRoot());
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return failed(
      sigstoreProblem(
        'trust-unavailable',
        `Could not read the public Sigstore's trusted root: ${reason}.`,
        {
          hint: 'Check the network and run the same command again; or give the trusted root as a file, with sigstore.trustedRoot in the release definition.',
          reason,
          cause,
        },
      ),
    );
  }
}
