import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type RunningIdentityIssuer,
  startIdentityIssuer,
  startRealSigstore,
  startSigstore,
} from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import type { Sigstore } from '@ameide/versioning-core';
import { DSSEBundleBuilder, RekorWitness } from '@sigstore/sign';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttp, createProcesses, createWorkspace, Secret } from '../../src/index.ts';
import {
  COSIGN_SIGN,
  keylessSigner,
  keySigner,
  statementOf,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { keyPair } from './key-pair.ts';
import { DIGEST, IDENTITY, signingWith, WORKFLOW } from './signed.ts';
import { CHANGES } from './tampered.ts';

// Version 2 of the transparency log: in the stand-in, and where they are installed in Sigstore's own services.

interface Started {
  readonly option: Sigstore;
  readonly trustedRootFile: string;
  readonly signingConfigFile: string;
  stop(): Promise<void>;
}
type Start = (issuer: RunningIdentityIssuer) => Promise<Started>;

const TIMEOUT = 120_000;
const signal = AbortSignal.timeout(TIMEOUT);
const STATEMENT = statementOf(DIGEST, { predicateType: COSIGN_SIGN });

describe('the stand-in with version 2 of the log', () => {
  suite(async (issuer) => startSigstore({ issuer, rekorVersion: 2 }));
});

needs('sigstore', 'cosign')('Sigstore’s own services', () =>
  suite(async (issuer) => startRealSigstore({ issuer })),
);

function suite(start: Start): void {
  const startLab = async () => {
    const issuer = await startIdentityIssuer({ issuer: 'own' });
    const running = await start(issuer);
    onTestFinished(async () => {
      await Promise.all([running.stop(), issuer.stop()]);
    });
    return { issuer, running, ...(await signingWith(running.option, issuer)) };
  };

  test('certify, log and date a statement', { timeout: TIMEOUT }, async () => {
    const lab = await startLab();
    const bytes = await lab.sign();
    expect(verifyBundle(bytes, DIGEST, lab.trusted)).toMatchObject({
      value: { signer: WORKFLOW, certificate: { repository: IDENTITY.repository } },
    });
    const { verificationMaterial } = JSON.parse(Buffer.from(bytes).toString());
    const [entry] = verificationMaterial.tlogEntries;
    expect(entry.kindVersion).toEqual({ kind: 'hashedrekord', version: '0.0.2' });
    expect(entry.inclusionPromise).toBeUndefined();
    expect(verificationMaterial.timestampVerificationData.rfc3161Timestamps).toHaveLength(1);
  });

  test('refuse an expired token: an authentication problem', { timeout: TIMEOUT }, async () => {
    const { issuer, sigstore } = await startLab();
    const token = new Secret(issuer.token({ aud: 'sigstore', exp: 1, iat: 1 }));
    const identity = { token: async () => ({ value: token }) };
    const signer = keylessSigner(sigstore, { http: createHttp({ attempts: 1 }), identity });
    const { problems } = await signer.sign(STATEMENT, signal);
    expect(problems).toMatchObject([{ kind: 'authentication', effect: 'none' }]);
    expect(JSON.stringify(problems)).not.toContain(token.reveal());
  });

  test('prove nothing of a changed bundle', { timeout: TIMEOUT }, async () => {
    const lab = await startLab();
    const [bytes, other] = [await lab.sign(), await lab.sign(`sha256:${'0b'.repeat(32)}`)];
    const json = (of: Uint8Array) => JSON.parse(Buffer.from(of).toString());
    const accepted = Object.entries(changes()).flatMap(([name, change]) => {
      const bundle = json(bytes);
      change(bundle, json(other));
      const changed = Buffer.from(JSON.stringify(bundle));
      return verifyBundle(changed, DIGEST, lab.trusted).value === undefined ? [] : [name];
    });
    expect(accepted).toEqual([]);
  });

  test('take no envelope, only the digest of what was signed', { timeout: TIMEOUT }, async () => {
    const { sigstore } = await startLab();
    const log = new RekorWitness({ rekorBaseURL: sigstore.rekor, majorApiVersion: 2 });
    const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const key = { $case: 'x509Certificate', certificate } as const;
    const signer = { sign: async () => ({ key, signature: Buffer.of(1) }) };
    const builder = new DSSEBundleBuilder({ signer, witnesses: [log] });
    const refused = builder.create({ data: Buffer.of(1), type: 'text/plain' });
    const message: unknown = expect.stringMatching(/must be hashedrekord/);
    await expect(refused).rejects.toMatchObject({ cause: { message } });
  });

  needs('cosign')('with cosign', () => {
    test('accept a signature with a key', { timeout: TIMEOUT }, async () => {
      const lab = await startLab();
      const key = { ...(await keyPair()), isLogged: true };
      const ports = { processes: createProcesses(), folder: key.folder, env: {} };
      const signed = await keySigner(key, lab.sigstore, ports).sign(STATEMENT, signal);
      const { by: _, ...trusted } = lab.trusted;
      const root = 'root' in trusted && trusted.root !== undefined ? { root: trusted.root } : {};
      const by = { by: 'key', publicKey: key.publicKey, ...root } as const;
      expect(signed.problems).toBeUndefined();
      expect(verifyBundle(signed.value ?? Buffer.of(), DIGEST, by)).toMatchObject({ value: {} });
    });

    test('accept our bundle, and refuse it for another file', { timeout: TIMEOUT }, async () => {
      const lab = await startLab();
      const made = await createWorkspace();
      onTestFinished(async () => made.dispose());
      const file = Buffer.from('the wheel');
      const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
      const cwd = made.directory;
      await writeFile(join(cwd, 'bundle'), await lab.sign(digest));
      await writeFile(join(cwd, 'file'), file);
      await writeFile(join(cwd, 'other'), 'the whee1');
      const verify = async (name: string) =>
        createProcesses().run({
          argv: [
            component('cosign').path ?? '',
            'verify-blob-attestation',
            '--bundle=bundle',
            `--type=${COSIGN_SIGN}`,
            '--use-signed-timestamps',
            `--trusted-root=${lab.running.trustedRootFile}`,
            `--certificate-identity=${WORKFLOW}`,
            `--certificate-oidc-issuer=${lab.issuer.issuer}`,
            name,
          ],
          cwd,
          env: { TUF_ROOT: join(cwd, 'tuf') },
        });
      expect(await verify('file')).toMatchObject({ ok: true });
      expect(await verify('other')).toMatchObject({ ok: false });
    });
  });
}

/** Version 2 promises no time, so nobody reads the one in an entry. */
function changes(): typeof CHANGES {
  const { 'the time of the log entry is another one': _, ...rest } = CHANGES;
  return Object.fromEntries(Object.entries(rest).filter(([name]) => !name.includes('promise ')));
}
