import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { createProcesses, Secret } from '../../src/index.ts';
import {
  COSIGN_SIGN,
  checkKey,
  keySigner,
  type SigningKey,
  statementOf,
  type Trusted,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { keyPair, PASSWORD } from './key-pair.ts';
import { DIGEST, type SigningLab, signingLab } from './signed.ts';

const signal = AbortSignal.timeout(120_000);
const statement = statementOf(DIGEST, { predicateType: COSIGN_SIGN });
const processes = createProcesses();

function ports({ folder }: { readonly folder: string }, env: NodeJS.ProcessEnv = {}) {
  return { processes, folder, env };
}

const NOWHERE = { fulcio: 'http://127.0.0.1:9', rekor: 'http://127.0.0.1:9' };

needs('cosign')('a signature with a key', () => {
  test('is valid for its key alone, and without a log where the key says so', async () => {
    const [key, other] = [await keyPair(), await keyPair()];
    const signed = await keySigner(key, NOWHERE, ports(key)).sign(statement, signal);
    const bytes = signed.value ?? Buffer.of();
    expect(verifyBundle(bytes, DIGEST, trusted(key))).toMatchObject({
      value: { signer: expect.stringMatching(/^key sha256:[0-9a-f]{64}$/) },
    });
    expect(verifyBundle(bytes, DIGEST, trusted(other))).toMatchObject({ fault: 'invalid' });
    // Where a log entry is asked for, one without is not enough.
    const lab = await signingLab();
    expect(verifyBundle(bytes, DIGEST, trusted(key, lab))).toMatchObject({ fault: 'invalid' });
  });

  test('is logged, where the key says so', async () => {
    const lab = await signingLab();
    const key = { ...(await keyPair()), isLogged: true };
    const signed = await keySigner(key, lab.sigstore, ports(key)).sign(statement, signal);
    expect(verifyBundle(signed.value ?? Buffer.of(), DIGEST, trusted(key, lab))).toMatchObject({
      value: {},
    });
    expect(lab.running.entries()).toHaveLength(1);
  });

  test('is not what somebody else has a certificate for', async () => {
    const lab = await signingLab();
    const key = await keyPair();
    const keyless = await lab.sign();
    for (const one of [trusted(key), trusted(key, lab)])
      expect(verifyBundle(keyless, DIGEST, one).value).toBeUndefined();
  });

  test('uses a key in a variable, which only cosign gets', async () => {
    const key = await keyPair();
    const text = await readFile(key.reference, 'utf8');
    const inVariable = { ...key, reference: 'env://SIGNING_KEY' };
    const from = ports(key, { SIGNING_KEY: text, OTHER: 'not for cosign' });
    expect(await checkKey(inVariable, from, signal)).toBeUndefined();
    const signed = await keySigner(inVariable, NOWHERE, from).sign(statement, signal);
    expect(verifyBundle(signed.value ?? Buffer.of(), DIGEST, trusted(key))).toMatchObject({
      value: {},
    });
  });
});

needs('cosign')('before anything is signed, a check says', () => {
  test.each<[string, (key: SigningKey) => Partial<SigningKey>, string]>([
    [
      'that the key cannot be read',
      ({ reference }) => ({ reference: `${reference}.none` }),
      'sigstore-cosign-failed',
    ],
    [
      'that the password is wrong',
      () => ({ password: new Secret('wrong') }),
      'sigstore-cosign-failed',
    ],
    ['that there is no password', () => ({ password: undefined }), 'sigstore-cosign-failed'],
    [
      'that the public key is of another pair',
      () => ({ publicKey: otherPublicKey() }),
      'sigstore-key-mismatch',
    ],
  ])('%s', async (_what, change, code) => {
    const key = await keyPair();
    const wrong = { ...key, ...change(key) };
    const found = await checkKey(wrong, ports(key), signal);
    expect(found).toMatchObject({ code, kind: 'policy', effect: 'none', rerun: 'after-fix' });
    expect(JSON.stringify(found)).not.toContain(PASSWORD);
  });

  test('that this cosign was built without that KMS', async () => {
    const key = { ...(await keyPair()), reference: 'otherkms://release' };
    expect(await checkKey(key, ports(key), signal)).toMatchObject({
      code: 'sigstore-cosign-failed',
      kind: 'policy',
      hint: expect.stringContaining('This cosign was built without otherkms'),
    });
  });

  test('that cosign is not installed', async () => {
    const key = await keyPair();
    const env = { PATH: key.folder };
    const found = await checkKey(
      key,
      { ...ports(key), processes: createProcesses({ env }) },
      signal,
    );
    expect(found).toMatchObject({
      code: 'sigstore-cosign-not-found',
      kind: 'incomplete',
      rerun: 'after-fix',
    });
  });
});

function trusted({ publicKey }: SigningKey, lab?: SigningLab): Trusted {
  const root = lab?.trusted.by === 'identity' ? { root: lab.trusted.root } : {};
  return { by: 'key', publicKey, ...root };
}

function otherPublicKey(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
