import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import type { SigningIdentity, Sigstore } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { findIdentity } from '../../src/identity/index.ts';
import { createHttp } from '../../src/index.ts';
import {
  COSIGN_SIGN,
  keylessSigner,
  type Statement,
  type StatementSigner,
  statementOf,
  type Trusted,
  trustedRootOf,
} from '../../src/sigstore/index.ts';

export const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** Whose job the stand-in's tokens are of. */
export const IDENTITY: SigningIdentity = {
  repository: 'https://github.com/ameideio/ameide',
  workflow: '.github/workflows/publish-packages.yml',
  issuer: 'https://token.actions.githubusercontent.com',
};

/** The same, as a certificate names it. */
export const WORKFLOW = `${IDENTITY.repository}/${IDENTITY.workflow}@refs/heads/main`;

/** A Sigstore, and a job that it certifies. */
export interface SigningLab {
  readonly running: RunningSigstore;
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: Sigstore;
  readonly signer: StatementSigner;
  /** What the job's signatures are verified with. */
  readonly trusted: Trusted;
  /** Signs a statement about a digest; as `cosign sign` does, unless it says more. */
  sign(digest?: string, more?: Partial<Statement>): Promise<Uint8Array>;
}

export async function signingLab(claims: ClaimChanges = {}): Promise<SigningLab> {
  const issuer = await startIdentityIssuer({ claims });
  const running = await startSigstore({ issuer });
  onTestFinished(async () => {
    await Promise.all([running.stop(), issuer.stop()]);
  });
  return { running, issuer, ...(await signingWith(running.option, issuer)) };
}

/** Signs with these services, real or not, as a job that `issuer` knows. */
export async function signingWith(
  sigstore: Sigstore,
  issuer: RunningIdentityIssuer,
): Promise<Omit<SigningLab, 'running' | 'issuer'>> {
  const http = createHttp({ attempts: 1 });
  const identity = findIdentity({ GITHUB_ACTIONS: 'true', ...issuer.environment }, http);
  if (identity === undefined) throw new Error('the job has an identity');
  const signer = keylessSigner(sigstore, { http, identity });
  const root = await trustedRootOf(sigstore);
  if (root.value === undefined) throw new Error('the Sigstore has a trusted root');
  return {
    sigstore,
    signer,
    trusted: {
      by: 'identity',
      identity: { ...IDENTITY, issuer: issuer.issuer },
      root: root.value,
    },
    async sign(digest = DIGEST, more = {}) {
      const statement = { ...statementOf(digest, { predicateType: COSIGN_SIGN }), ...more };
      const made = await signer.sign(statement, AbortSignal.timeout(30_000));
      if (made.value === undefined) throw new Error(made.problems[0].message);
      return made.value;
    },
  };
}
