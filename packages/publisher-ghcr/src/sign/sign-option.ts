import { createPublicKey } from 'node:crypto';
import { Secret, type SecretInput, toSecret } from '@ameide/publisher-kit';
import { IDENTITY_HINT, InvalidInputError } from '@ameide/versioning-core';
import {
  boolean,
  type Check,
  custom,
  oneOf,
  optional,
  secret,
  shape,
  string,
  union,
} from '@ameide/versioning-core/options';

/**
 * How images are signed.
 * - `keyless`: by Sigstore, for the identity of the CI job, which the release definition's `identity`
 *   names. No key, and no program.
 * - with a key: by the program `cosign`, version 3.
 */
export type SignOption = 'keyless' | KeyOptions;

export interface KeyOptions {
  /**
   * What cosign takes as a key: an absolute path, `env://COSIGN_PRIVATE_KEY`, or a KMS:
   * `awskms://…`, `gcpkms://…`, `azurekms://…`, `hashivault://…`.
   */
  readonly key: string;
  /** The key's other half in PEM, as `cosign public-key` prints it: signatures are verified with it. */
  readonly publicKey: string;
  /** The key's password. Default: COSIGN_PASSWORD. */
  readonly password?: SecretInput | undefined;
  /** False: signatures are not put into the public transparency log. Default true. */
  readonly log?: boolean;
}

const publicKey: Check<string> = custom(
  (value) => typeof value === 'string' && isPublicKey(value),
  'a public key in PEM, as "cosign public-key --key …" prints it',
);

function isPublicKey(text: string): boolean {
  // Node would accept a private key, too, and take its public half. A definition must not have one.
  if (!/^\s*-----BEGIN PUBLIC KEY-----/.test(text)) return false;
  try {
    return createPublicKey(text).type === 'public';
  } catch {
    return false;
  }
}

const KEY = /^(?:\/.+|(?:awskms|azurekms|env|gcpkms|hashivault|k8s):\/\/.+)$/;

export const signOption: Check<SignOption> = union<['keyless', KeyOptions]>(
  oneOf('keyless'),
  shape<KeyOptions>({
    key: string('an absolute path, env://NAME or the address of a key in a KMS', KEY),
    publicKey,
    password: secret(Secret),
    log: optional(boolean),
  }),
);

/** Returns the password of the signing key; undefined without a key, and for a key without one. */
export function passwordOf(option: SignOption, env: NodeJS.ProcessEnv): Secret | undefined {
  if (option === 'keyless') return undefined;
  return toSecret('password' in option ? option.password : (env['COSIGN_PASSWORD'] ?? ''));
}

export function noIdentity(): InvalidInputError {
  return new InvalidInputError({
    field: 'sign',
    received: 'keyless',
    expected: 'a release definition with `identity`, which says whose signatures are accepted',
    hint: IDENTITY_HINT,
  });
}
