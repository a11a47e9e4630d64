import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  DSSEBundleBuilder,
  FulcioSigner,
  MessageSignatureBundleBuilder,
  RekorWitness,
  TSAWitness,
} from '@sigstore/sign';
import { type Signer, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { onTestFinished } from 'vitest';
import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '../src/index.ts';
import { folder } from './client.ts';

/** A Sigstore, and the issuer that it trusts. */
export interface SigningWorld {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  /** Signs by `@sigstore/sign` with all three services. */
  readonly sign: (content: Content, token?: string) => Promise<Bundle>;
  /** Verifies by `@sigstore/verify`, and returns who signed. Throws for whatever is wrong. */
  readonly verify: (bundle: Bundle, data?: Buffer) => Signer;
}

type Content =
  | { readonly statement: object; readonly entryType?: 'dsse' | 'intoto' }
  | { readonly message: Buffer };

export const WORKFLOW =
  'https://github.com/octo/sdks/.github/workflows/publish-packages.yml@refs/heads/main';

export async function signingWorld(claims: ClaimChanges = {}): Promise<SigningWorld> {
  const issuer = await startIdentityIssuer({ claims: { repository: 'octo/sdks', ...claims } });
  onTestFinished(() => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(() => sigstore.stop());
  return {
    issuer,
    sigstore,
    async sign(content, token = issuer.token({ aud: 'sigstore' })) {
      const identityProvider = { getToken: () => Promise.resolve(token) };
      const signer = new FulcioSigner({ fulcioBaseURL: sigstore.fulcioUrl, identityProvider });
      const entryType = 'statement' in content ? (content.entryType ?? 'dsse') : 'dsse';
      const witnesses = [
        new RekorWitness({ rekorBaseURL: sigstore.rekorUrl, entryType, fetchOnConflict: true }),
        new TSAWitness({ tsaBaseURL: sigstore.tsaUrl }),
      ];
      if ('message' in content)
        return new MessageSignatureBundleBuilder({ signer, witnesses }).create({
          data: content.message,
        });
      const data = Buffer.from(JSON.stringify(content.statement));
      const type = 'application/vnd.in-toto+json';
      return new DSSEBundleBuilder({ signer, witnesses }).create({ type, data });
    },
    verify(bundle, data) {
      const trust = toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot));
      // Two timestamps: the authority's, and the promise of the log.
      const verifier = new Verifier(trust, {
        ctlogThreshold: 1,
        tlogThreshold: 1,
        timestampThreshold: 2,
      });
      return verifier.verify(toSignedEntity(bundle, data));
    },
  };
}

/** An in-toto statement about one file. */
export function statementOf(name: string, content: Buffer, predicateType = PROVENANCE): object {
  const subject = [{ name, digest: { sha256: sha256(content) } }];
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
}

export const PROVENANCE = 'https://slsa.dev/provenance/v1';

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Writes files into a folder of the test; objects as JSON. Returns the folder. */
export async function files(contents: Readonly<Record<string, Buffer | object>>): Promise<string> {
  const directory = await folder();
  for (const [name, content] of Object.entries(contents))
    await writeFile(
      join(directory, name),
      Buffer.isBuffer(content) ? content : JSON.stringify(content),
    );
  return directory;
}
