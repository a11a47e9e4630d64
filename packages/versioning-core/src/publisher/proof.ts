import type { Coordinate } from './coordinate.ts';
import type { Problem } from './problem.ts';

/** The workflow that may sign what a repository publishes, as its certificates name it. */
export interface SigningIdentity {
  /** The source repository: `https://github.com/ameideio/ameide`. */
  readonly repository: string;
  /**
   * The workflow's file: `.github/workflows/publish.yml`, or with its repository if that is another
   * one: `https://github.com/ameideio/shared/.github/workflows/publish.yml`.
   */
  readonly workflow: string;
  /** Who issues the identity tokens: `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /**
   * What a run may have been for: `refs/heads/main`, `refs/tags/v*`; a `*` at the end stands for anything.
   * Absent: any branch and any tag of the repository, and no pull request.
   */
  readonly refs?: readonly string[];
}

/** What to do where a definition has no `identity` and something needs it. For hints. */
export const IDENTITY_HINT: string =
  "Add it to the release definition: identity: { repository: 'https://github.com/ameideio/ameide', workflow: '.github/workflows/publish.yml' }.";

/** The services of one Sigstore. Each address is an https origin without a slash at its end. */
export interface Sigstore {
  /** Issues certificates: `https://fulcio.sigstore.dev`. */
  readonly fulcio: string;
  /** The transparency log: `https://rekor.sigstore.dev`. */
  readonly rekor: string;
  /**
   * The version of the log's interface, default 1. Version 2 (rekor-tiles) gives no time of its own: it
   * needs `timestamps`.
   */
  readonly rekorVersion?: 1 | 2;
  /** The timestamp authority. Absent: the log's own time counts. */
  readonly timestamps?: string;
  /**
   * The certificates and keys of these services: the JSON of `TrustedRoot` (sigstore/protobuf-specs).
   * Absent: those of the public Sigstore, from its TUF repository.
   */
  readonly trustedRoot?: object;
}

/** The public Sigstore, which the Open Source Security Foundation runs. */
export const PUBLIC_SIGSTORE: Sigstore = {
  fulcio: 'https://fulcio.sigstore.dev',
  rekor: 'https://rekor.sigstore.dev',
};

/** How a release signs, and who is believed. */
export interface Signing {
  /** Keyless signatures need it: nobody else's are accepted. */
  readonly identity?: SigningIdentity;
  readonly sigstore: Sigstore;
}

/**
 * - `signature`: somebody vouches for the artifact's bytes.
 * - `provenance`: somebody vouches for the commit that it was built from (SLSA provenance v1).
 * - `sbom`: somebody vouches for the list of what is in it (SPDX or CycloneDX).
 */
export type ProofKind = 'signature' | 'provenance' | 'sbom';

/** The kinds as people read them. */
export const PROOF_NAMES: Readonly<Record<ProofKind, string>> = {
  signature: 'signature',
  provenance: 'provenance',
  sbom: 'SBOM',
};

/** What one artifact carries of one kind, or lacks. */
export interface Proof {
  readonly coordinate: Coordinate;
  readonly kind: ProofKind;
  /**
   * - `proven`: valid, and by whom the definition says.
   * - `missing`: there is none.
   * - `wrong`: there are some, and none is valid: of other bytes, of another commit, changed, by
   *   somebody else.
   * - `unknown`: it could not be read.
   */
  readonly state: 'proven' | 'missing' | 'wrong' | 'unknown';
  /** What it is about, as in `Finding`: `sha256:<hex>`. */
  readonly digest?: string;
  /** The full source SHA that a provenance names. */
  readonly sha?: string;
  /**
   * The commit that the signer's run was for, if that is not `sha`: then only the workflow itself says that it built
   * `sha`. Its certificate proves the run's commit alone.
   */
  readonly runSha?: string;
  /** Who made it, as far as that is proven: the certificate's workflow and ref, or the key's digest. */
  readonly signer?: string;
  /** Present when `wrong` or `unknown`; when `missing`, if it says more than that. */
  readonly problem?: Problem;
}

/** What `sign` did about one proof. */
export interface Signed extends Omit<Proof, 'state'> {
  /**
   * - `signed`: this call made it, and has read it back and verified it.
   * - `already-signed`: a valid one was there.
   * - `blocked`: there is none, and `problem` says why.
   */
  readonly outcome: 'signed' | 'already-signed' | 'blocked';
}
