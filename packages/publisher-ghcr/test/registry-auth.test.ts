import { createPublicKey, verify } from 'node:crypto';
import { Secret } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { bytesField, bytesOf, decodeFields, type Fields, textOf } from '../src/engine/protobuf.ts';
import { type BuildRegistry, registryAuth } from '../src/engine/registry-auth.ts';
import { registriesOf } from '../src/source/base-registry.ts';
import { withoutLogin } from './fake-engine.ts';
import { call } from './grpc-call.ts';

const METHODS = ['GetTokenAuthority', 'VerifyTokenAuthority', 'FetchToken', 'Credentials'] as const;
type Name = (typeof METHODS)[number];

const ghcr: BuildRegistry = {
  ...withoutLogin(),
  login: async () => ({ user: 'a-user', password: new Secret('the-password') }),
  pullToken: async (repositories) => ({
    credential: {
      scheme: 'bearer',
      origin: 'https://ghcr.io',
      token: new Secret(`pulls-${repositories.join('+')}`),
    },
  }),
};

/** Asks as BuildKit does. The host is the second field of `FetchToken`, and the first of the others. */
async function ask(
  methods: ReturnType<typeof registryAuth>,
  name: Name,
  host: string,
  ...more: readonly (readonly [number, string | Uint8Array])[]
): Promise<{ readonly status: unknown; readonly fields: Fields }> {
  const asked = [[name === 'FetchToken' ? 2 : 1, host] as const, ...more];
  const message = Buffer.concat(
    asked.flatMap(([field, value]) => bytesField(field, Buffer.from(value))),
  );
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  const method = methods[`/moby.filesync.v1.Auth/${name}`];
  if (method === undefined) throw new Error(`there is no ${name}`);
  const { body, status } = await call(method, [header, message]);
  return { status, fields: decodeFields(body.subarray(5)) };
}

function methodsOf(own: BuildRegistry): ReturnType<typeof registryAuth> {
  const registries = registriesOf(own, () => withoutLogin());
  return registryAuth(registries, new AbortController().signal);
}

describe('BuildKit, which pulls a base image', () => {
  const methods = methodsOf(ghcr);

  test('gets a token that can only pull, also when it asks for more', async () => {
    const scopes = ['repository:o/base:pull,push', 'repository:o/other:pull', 'registry:catalog:*'];
    const { fields } = await ask(
      methods,
      'FetchToken',
      'ghcr.io',
      [3, 'https://elsewhere.example/token'],
      ...scopes.map((scope) => [5, scope] as const),
    );
    expect(textOf(fields, 1)).toBe('pulls-o/base+o/other');
  });

  test('knows the build by a key, and can check what it signs', async () => {
    const payload = Buffer.from('a nonce');
    const { fields } = await ask(methods, 'GetTokenAuthority', 'ghcr.io', [2, 'salt']);
    const [raw = new Uint8Array()] = bytesOf(fields, 1);
    const x = Buffer.from(raw).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signed = await ask(methods, 'VerifyTokenAuthority', 'ghcr.io', [2, payload]);
    const bytes = Buffer.from(bytesOf(signed.fields, 1)[0] ?? []);
    expect(bytes.subarray(64)).toEqual(payload);
    expect(verify(null, payload, key, bytes.subarray(0, 64))).toBe(true);
  });

  test('gets user and password where it asks for them: for Basic', async () => {
    const { fields } = await ask(methods, 'Credentials', 'ghcr.io');
    expect([textOf(fields, 1), textOf(fields, 2)]).toEqual(['a-user', 'the-password']);
  });

  test('gets the reason why there is no token', async () => {
    const problem = { code: 'ghcr-unauthorized', message: 'the token is wrong' };
    const failing = { ...ghcr, pullToken: async () => ({ problem }) } as unknown as BuildRegistry;
    const { status } = await ask(methodsOf(failing), 'FetchToken', 'ghcr.io');
    expect(status).toBe('2');
  });

  const others = ['docker.io', 'ghcr.io.example', 'ghcr.io:8443', 'GHCR.IO', '', 'https://ghcr.io'];
  test.each(METHODS)('gets nothing for another host without a login: %s', async (name) => {
    for (const host of others) {
      const { fields, status } = await ask(methods, name, host);
      expect([host, status, fields.size]).toEqual([host, '12', 0]);
    }
  });

  test.each(METHODS)('gets nothing where there is no token: %s', async (name) => {
    const anonymous = methodsOf(withoutLogin());
    expect(await ask(anonymous, name, 'ghcr.io')).toMatchObject({ status: '12' });
  });
});
