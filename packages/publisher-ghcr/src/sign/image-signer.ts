import type { Http, Processes } from '@ameide/publisher-kit';
import {
  checkKey,
  identitySigner,
  keySigner,
  missingTrustedRoot,
  type SigningKey,
  type StatementSigner,
  type Trusted,
  trustedRootOf,
} from '@ameide/publisher-kit/sigstore';
import { ok, type Problem, type Result, type Signing, type Step } from '@ameide/versioning-core';
import { type KeyOptions, noIdentity, passwordOf, type SignOption } from './sign-option.ts';

/** How one image is signed, and whose signatures count. */
export interface ImageSigner {
  /** Checks that this machine can sign. Signs nothing. */
  check(step: Step): Promise<Problem | undefined>;
  signer(step: Step): Result<StatementSigner>;
  trusted(): Promise<Result<Trusted>>;
}

interface SignerPorts {
  readonly http: Http;
  readonly processes: Processes;
  readonly env: NodeJS.ProcessEnv;
}

export function imageSigner(option: SignOption, signing: Signing, ports: SignerPorts): ImageSigner {
  return option === 'keyless' ? byIdentity(signing, ports) : byKey(option, signing, ports);
}

function byIdentity({ identity, sigstore }: Signing, ports: SignerPorts): ImageSigner {
  if (identity === undefined) throw noIdentity();
  const signer = identitySigner({ identity, sigstore }, ports);
  return { ...signer, check: async ({ signal }) => signer.check(signal) };
}

function byKey(option: KeyOptions, { sigstore }: Signing, ports: SignerPorts): ImageSigner {
  const { env, processes } = ports;
  const key = (): SigningKey => ({
    reference: option.key,
    publicKey: option.publicKey,
    password: passwordOf(option, env),
    isLogged: option.log ?? true,
  });
  return {
    async check({ signal, workspace }) {
      const missing = option.log === false ? undefined : missingTrustedRoot(sigstore);
      return missing ?? checkKey(key(), { processes, env, folder: workspace }, signal);
    },
    signer: ({ workspace }) =>
      ok(keySigner(key(), sigstore, { processes, env, folder: workspace })),
    async trusted() {
      if (option.log === false) return ok({ by: 'key', publicKey: option.publicKey });
      const root = await trustedRootOf(sigstore);
      return root.value === undefined
        ? root
        : ok({ by: 'key', publicKey: option.publicKey, root: root.value });
    },
  };
}
