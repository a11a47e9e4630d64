import type { Pace, Secret } from '@ameide/publisher-kit';
import type { Identity } from '@ameide/publisher-kit/identity';
import { type Coordinate, failed, ok, type Result } from '@ameide/versioning-core';
import { noToken } from '../no-token.ts';
import type { PypiSettings } from '../settings.ts';
import { mintToken } from '../trusted/mint.ts';

/** The tokens of one publication. */
export interface TokenSource {
  /** Returns the token of the next upload. */
  next(): Promise<Result<Secret>>;
  /**
   * Called when the index has refused a token. Returns true if another one may be accepted: each mint makes the
   * project of one pending publisher, perhaps of another project of this release. A token is replaced once,
   * however many uploads it was refused to; the one in its place is not.
   */
  renew(refused: Secret): boolean;
}

/** PyPI's minted tokens live 15 minutes; one upload may last ten. */
const FRESH_MS = 4 * 60_000;

/**
 * Gives the user's token, or one that the index mints for the identity of this job, minted anew when it is older than
 * four minutes.
 */
export function createTokenSource(
  settings: PypiSettings,
  coordinate: Coordinate,
  pace: Pace,
): TokenSource {
  let minted: { readonly token: Secret; readonly at: number } | undefined;
  let minting: Promise<Result<Secret>> | undefined;
  let hasRenewed = false;
  const mint = async (identity: Identity): Promise<Result<Secret>> => {
    const at = pace.now();
    const made = await mintToken(settings, identity, coordinate, pace);
    if (made.value !== undefined) minted = { token: made.value, at };
    minting = undefined;
    return made;
  };
  return {
    async next() {
      const given = settings.token();
      if (given !== undefined) return ok(given);
      const identity = settings.trust();
      if (identity === undefined) return failed(noToken(settings, coordinate));
      if (minted !== undefined && pace.now() - minted.at < FRESH_MS) return ok(minted.token);
      minting ??= mint(identity);
      return minting;
    },
    renew(refused) {
      // Nothing replaces the user's own token.
      if (settings.token() !== undefined) return false;
      // Another upload has got a newer one in the meantime, or is getting it.
      if (refused !== minted?.token) return true;
      if (hasRenewed) return false;
      minted = undefined;
      hasRenewed = true;
      return true;
    },
  };
}
