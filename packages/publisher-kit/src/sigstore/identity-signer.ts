import {
  failed,
  IDENTITY_HINT,
  InvalidInputError,
  ok,
  type Problem,
  type Result,
  type Signing,
  type SigningIdentity,
  type Sigstore,
} from '@ameide/versioning-core';
import type { Http } from '../http/http.ts';
import type { IdentityClaims } from '../identity/claims.ts';
import { howToGetIdentity } from '../identity/how-to-get-identity.ts';
import { findIdentity, type Identity } from '../identity/identity.ts';
import type { Secret } from '../secret/secret.ts';
import { keylessSigner, SIGSTORE_AUDIENCE } from './keyless.ts';
import { checkOwnIdentity } from './own-identity.ts';
import { sigstoreProblem } from './problems.ts';
import type { StatementSigner } from './signer.ts';
import { missingTrustedRoot, trustedRootOf } from './trust.ts';
import type { Trusted } from './verify-bundle.ts';

/** Signs for the identity of this job, and says whose signatures count. */
export interface IdentitySigner {
  /**
   * Checks that this job can sign, and that its signatures will be accepted. Signs nothing. `refuse` returns the
   * problem of a job that the receiver would refuse for another reason.
   */
  check(
    signal: AbortSignal,
    refuse?: (claims: IdentityClaims) => Problem | undefined,
  ): Promise<Problem | undefined>;
  signer(): Result<StatementSigner>;
  trusted(): Promise<Result<Trusted>>;
}

interface IdentityPorts {
  readonly http: Http;
  readonly env: NodeJS.ProcessEnv;
  /** Called with each identity token, so that its caller can look for it in what is published. */
  readonly remember?: (token: Secret) => void;
}

export function identitySigner(
  { identity, sigstore }: { readonly identity: SigningIdentity; readonly sigstore: Sigstore },
  { env, http, remember }: IdentityPorts,
): IdentitySigner {
  const find = (): Result<Identity> => {
    const found = findIdentity(env, http);
    return found === undefined ? failed(notInCi(env)) : ok(remembering(found, remember));
  };
  return {
    async check(signal, refuse) {
      const missing = missingTrustedRoot(sigstore);
      if (missing !== undefined) return missing;
      const own = find();
      return own.value === undefined
        ? own.problems[0]
        : checkOwnIdentity(own.value, identity, signal, refuse);
    },
    signer() {
      const own = find();
      return own.value === undefined
        ? own
        : ok(keylessSigner(sigstore, { http, identity: own.value }));
    },
    async trusted() {
      const root = await trustedRootOf(sigstore);
      return root.value === undefined ? root : ok({ by: 'identity', identity, root: root.value });
    },
  };
}

/**
 * Returns the signer of a plan. Throws `InvalidInputError` for a plan that `validate` refuses, because the definition
 * has no `identity`; `expected` completes its message: `whose provenance is accepted`.
 */
export function planSigner(
  { identity, sigstore }: Partial<Signing> = {},
  expected: string,
  ports: Omit<IdentityPorts, 'remember'> & { readonly exchanged: Secret[] },
): IdentitySigner {
  if (identity === undefined || sigstore === undefined)
    throw new InvalidInputError({ field: 'identity', expected, hint: IDENTITY_HINT });
  const { env, exchanged, http } = ports;
  const remember = (token: Secret): void => void exchanged.push(token);
  return identitySigner({ identity, sigstore }, { env, http, remember });
}

function remembering(identity: Identity, remember: IdentityPorts['remember']): Identity {
  if (remember === undefined) return identity;
  return {
    provider: identity.provider,
    async token(audience, signal) {
      const token = await identity.token(audience, signal);
      if (token.value !== undefined) remember(token.value);
      return token;
    },
  };
}

function notInCi(env: NodeJS.ProcessEnv): Problem {
  return sigstoreProblem(
    'no-identity',
    'Could not sign: this machine has no identity that Sigstore could certify; a CI job can have one.',
    { kind: 'authentication', hint: howToGetIdentity(env, SIGSTORE_AUDIENCE) },
  );
}
