import { generateKeyPairSync, sign } from 'node:crypto';
import type { Login } from '../login/login.ts';
import type { Granted } from '../registry/grants.ts';
import { type Method, Unimplemented, unary } from './grpc.ts';
import { bytesField, bytesOf, decodeFields, numberField, textOf } from './protobuf.ts';

/** What a build needs from a registry. */
export interface BuildRegistry {
  readonly origin: string;
  /** Replaces the registry's secrets in an engine's output. */
  redact(text: string): string;
  /** Returns undefined if there is no token; then BuildKit pulls base images anonymously. */
  login(): Promise<Login | undefined>;
  pullToken(repositories: readonly string[], signal?: AbortSignal): Promise<Granted>;
}

/** The registries that BuildKit may ask for. */
export interface BuildRegistries {
  /** Returns a registry by its host; `registry-1.docker.io` for Docker Hub. */
  of(host: string): BuildRegistry;
  /** Replaces the secrets of every registry in an engine's output. */
  redact(text: string): string;
}

const SERVICE = '/moby.filesync.v1.Auth';
/** Seconds; the minimum in the token specification. */
const TOKEN_LIFETIME = 60;

/**
 * Answers when BuildKit asks for access to a private base image (github.com/moby/buildkit,
 * session/auth/auth.proto), for the registry that it asks for. BuildKit gets a token that can only
 * pull. It gets the password only if the registry demands Basic, or if BuildKit is older than 0.8.
 * From a registry without a login it pulls anonymously.
 */
export function registryAuth(
  registries: BuildRegistries,
  signal: AbortSignal,
): Readonly<Record<string, Method>> {
  const authority = createAuthority();
  const requireLogin = async (host: string): Promise<Login> => {
    const login = await registries.of(host).login();
    if (login === undefined) throw new Unimplemented(`no login for ${host}`);
    return login;
  };
  return {
    [`${SERVICE}/GetTokenAuthority`]: unary(async (message) => {
      await requireLogin(textOf(decodeFields(message), 1));
      return encode(bytesField(1, authority.publicKey));
    }),
    [`${SERVICE}/VerifyTokenAuthority`]: unary(async (message) => {
      const fields = decodeFields(message);
      await requireLogin(textOf(fields, 1));
      return encode(bytesField(1, authority.sign(bytesOf(fields, 2)[0] ?? new Uint8Array())));
    }),
    [`${SERVICE}/FetchToken`]: unary(async (message) => {
      const fields = decodeFields(message);
      const host = textOf(fields, 2);
      await requireLogin(host);
      const repositories = repositoriesOf(bytesOf(fields, 5));
      return encodeToken(await registries.of(host).pullToken(repositories, signal));
    }),
    [`${SERVICE}/Credentials`]: unary(async (message) => {
      const { kind, password, user } = await requireLogin(textOf(decodeFields(message), 1));
      // BuildKit takes a secret without a user for a refresh token.
      return encode(text(1, kind === undefined ? user : ''), text(2, password.reveal()));
    }),
  };
}

/** Returns `ameideio/base` for `repository:ameideio/base:pull` and any other action on it. */
function repositoriesOf(scopes: readonly Uint8Array[]): readonly string[] {
  return scopes.flatMap((scope) => {
    const [, repository] = /^repository:(.+):[^:]*$/.exec(Buffer.from(scope).toString()) ?? [];
    return repository === undefined ? [] : [repository];
  });
}

function encodeToken({ credential, problem }: Granted): Uint8Array {
  if (problem !== undefined) throw new Error(problem.message);
  const token = credential?.scheme === 'bearer' ? credential.token.reveal() : '';
  const now = Math.floor(Date.now() / 1000);
  return encode(text(1, token), numberField(2, TOKEN_LIFETIME), numberField(3, now));
}

/**
 * BuildKit shares a token among builds with the same key. A new key for each build prevents that.
 */
function createAuthority(): {
  readonly publicKey: Uint8Array;
  readonly sign: (payload: Uint8Array) => Uint8Array;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    // As nacl's `sign`: the signature, followed by the signed bytes.
    sign: (payload) => Buffer.concat([sign(null, payload, privateKey), payload]),
  };
}

function text(field: number, value: string): readonly Uint8Array[] {
  return bytesField(field, Buffer.from(value));
}

function encode(...fields: readonly (readonly Uint8Array[])[]): Uint8Array {
  return Buffer.concat(fields.flat());
}
