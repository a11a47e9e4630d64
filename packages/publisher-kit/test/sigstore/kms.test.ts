import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { expect, onTestFinished, test } from 'vitest';
import { createProcesses, createWorkspace } from '../../src/index.ts';
import {
  COSIGN_SIGN,
  checkKey,
  keySigner,
  type SigningKey,
  statementOf,
  verifyBundle,
} from '../../src/sigstore/index.ts';
import { DIGEST } from './signed.ts';

const TOKEN = 'hvs.local-vault-token-5d2a91';
const NOWHERE = { fulcio: 'http://127.0.0.1:9', rekor: 'http://127.0.0.1:9' };
const signal = AbortSignal.timeout(120_000);

/**
 * A stand-in for the transit engine of HashiCorp Vault and OpenBao, as far as cosign uses it: a key's public half,
 * and a signature of a SHA-256 (API of the transit secrets engine, "Read key" and "Sign data").
 */
async function startVault() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const asked: string[] = [];
  const server = createServer((request, response) => void reply(request, response));
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [status, body] = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const answer = async (request: IncomingMessage): Promise<readonly [number, object]> => {
    const body = Buffer.concat(await request.toArray()).toString();
    const path = request.url?.split('?')[0];
    if (request.headers['x-vault-token'] !== TOKEN) return [403, { errors: ['permission denied'] }];
    asked.push(`${request.method} ${path}`);
    if (path === '/v1/transit/keys/release')
      return [
        200,
        { data: { type: 'ecdsa-p256', latest_version: 1, keys: { 1: { public_key: pem } } } },
      ];
    if (path === '/v1/transit/sign/release/sha2-256') {
      const { input, prehashed } = JSON.parse(body);
      if (prehashed !== true) return [400, { errors: ['the stand-in signs digests alone'] }];
      const signature = await signed(privateKey, Buffer.from(input, 'base64'));
      return [200, { data: { signature: `vault:v1:${signature}` } }];
    }
    return [404, { errors: [] }];
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, pem, url };
}

/** Vault signs a digest as it is; Node would hash it once more. */
async function signed(key: KeyObject, digest: Buffer): Promise<string> {
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  const [pem, input, output] = ['key.pem', 'digest', 'signature'].map((name) =>
    join(made.directory, name),
  ) as [string, string, string];
  await writeFile(pem, key.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(input, digest);
  const { ok, summary } = await createProcesses().run({
    argv: ['openssl', 'pkeyutl', '-sign', '-inkey', pem, '-in', input, '-out', output],
    cwd: made.directory,
  });
  if (!ok) throw new Error(summary);
  return (await readFile(output)).toString('base64');
}

/** A key in a Vault, and a login for it. */
async function world(token: string) {
  const vault = await startVault();
  const made = await createWorkspace();
  onTestFinished(async () => made.dispose());
  const env = {
    PATH: `${dirname(component('cosign-kms').path ?? '')}:${process.env['PATH']}`,
    VAULT_ADDR: vault.url,
    VAULT_TOKEN: token,
    NPM_TOKEN: 'not for cosign',
  };
  const ports = { processes: createProcesses({ env }), folder: made.directory, env };
  const key: SigningKey = {
    reference: 'hashivault://release',
    publicKey: vault.pem,
    isLogged: false,
  };
  return { key, ports, vault };
}

needs('cosign-kms', 'openssl')('a key in a KMS', () => {
  test('signs through cosign, which gets the login of the KMS and nothing else', async () => {
    const { key, ports, vault } = await world(TOKEN);
    expect(await checkKey(key, ports, signal)).toBeUndefined();
    const statement = statementOf(DIGEST, { predicateType: COSIGN_SIGN });
    const signature = await keySigner(key, NOWHERE, ports).sign(statement, signal);
    expect(signature.problems).toBeUndefined();
    expect(vault.asked).toContain('PUT /v1/transit/sign/release/sha2-256');
    expect(
      verifyBundle(signature.value ?? Buffer.of(), DIGEST, { by: 'key', publicKey: vault.pem }),
    ).toMatchObject({ value: {} });
  });

  test('that refuses the login: a problem before anything is signed', async () => {
    const { key, ports, vault } = await world('hvs.wrong-6b1e');
    const found = await checkKey(key, ports, signal);
    expect(found).toMatchObject({
      code: 'sigstore-cosign-failed',
      kind: 'incomplete',
      message: expect.stringContaining('permission denied'),
    });
    expect(JSON.stringify(found)).not.toContain('hvs.wrong-6b1e');
    expect(vault.asked).toEqual([]);
  });
});
