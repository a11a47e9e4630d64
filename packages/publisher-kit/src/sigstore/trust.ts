import {
  failed,
  InvalidInputError,
  ok,
  type Problem,
  PUBLIC_SIGSTORE,
  type Result,
  type Sigstore,
} from '@ameide/versioning-core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { sigstoreProblem } from './problems.ts';

/** Reads a trusted root. Throws `InvalidInputError` if it is none. */
export function parseTrustedRoot(root: object, field: string): TrustedRoot {
  try {
    const parsed = TrustedRoot.fromJSON(root);
    if (parsed.certificateAuthorities.length + parsed.tlogs.length > 0) return parsed;
  } catch {
    // The error below says it.
  }
  const expected = 'the JSON of a trusted root: mediaType, certificateAuthorities, ctlogs, tlogs';
  throw new InvalidInputError({ field, expected });
}

/**
 * The logs of the public Sigstore: version 1, and the shards of version 2 (`log2025-1.rekor.sigstore.dev`). Its
 * trusted root has the keys of all of them.
 */
const PUBLIC_LOG = /^https:\/\/(?:log\d{4}-\d+\.)?rekor\.sigstore\.dev$/;
const PUBLIC_TIMESTAMPS = 'https://timestamp.sigstore.dev';

/** Refuses a Sigstore of one's own without a trusted root: the public one's keys verify nothing of it. */
export function missingTrustedRoot({ trustedRoot, ...own }: Sigstore): Problem | undefined {
  const { fulcio, rekor, timestamps = PUBLIC_TIMESTAMPS } = own;
  const isPublic =
    addressOf(fulcio) === PUBLIC_SIGSTORE.fulcio &&
    PUBLIC_LOG.test(addressOf(rekor)) &&
    addressOf(timestamps) === PUBLIC_TIMESTAMPS;
  if (trustedRoot !== undefined || isPublic) return undefined;
  return sigstoreProblem(
    'no-trusted-root',
    `The signatures of ${fulcio} and ${rekor} cannot be verified: the release definition has no sigstore.trustedRoot.`,
    {
      kind: 'input',
      hint: 'Set sigstore.trustedRoot to the JSON of its trusted root. verify also takes a file: --trusted-root FILE.',
    },
  );
}

/** Without the slash of an empty path. */
function addressOf(url: string): string {
  return new URL(url).href.replace(/\/$/, '');
}

/** Read once in a process, because each image and each package asks for it several times. */
let publicRoot: Promise<TrustedRoot> | undefined;

async function readPublicRoot(): Promise<TrustedRoot> {
  const { getTrustedRoot } = await import('@sigstore/tuf');
  return getTrustedRoot();
}

/**
 * Returns the certificates and keys to verify with: the given ones, offline; or those of the public
 * Sigstore, from its TUF repository and its cache in the home folder.
 */
export async function trustedRootOf(sigstore: Sigstore): Promise<Result<TrustedRoot>> {
  const { trustedRoot } = sigstore;
  if (trustedRoot !== undefined) return ok(parseTrustedRoot(trustedRoot, 'sigstore.trustedRoot'));
  const missing = missingTrustedRoot(sigstore);
  if (missing !== undefined) return failed(missing);
  try {
    return ok(await (publicRoot ??= readPublicRoot()));
  } catch (cause) {
    // The next question asks again.
    publicRoot = undefined;
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
