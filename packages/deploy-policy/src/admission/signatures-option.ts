import type { SigningIdentity } from '@ameide/versioning-core';
import {
  anyObject,
  boolean,
  type Check,
  httpsAddress,
  listOf,
  oneOf,
  optional,
  shape,
  string,
} from '@ameide/versioning-core/options';

/** Whose signatures images need. */
export type AdmissionSignatures = IdentitySignatures | KeySignatures;

interface IdentitySignatures {
  readonly by: 'identity';
  readonly identity: SigningIdentity;
  /** Of another Sigstore than the public one: the JSON of `TrustedRoot` (sigstore/protobuf-specs). */
  readonly trustedRoot?: object;
}

interface KeySignatures {
  readonly by: 'key';
  /** PEM. */
  readonly publicKey: string;
  /** False: signatures are not in the public transparency log. Default true. */
  readonly log?: boolean;
}

const ref = string('a branch or a tag, for example refs/tags/v*', /^refs\/\S+$/);

const identitySignatures = shape<IdentitySignatures>({
  by: oneOf('identity'),
  identity: shape<SigningIdentity>({
    repository: httpsAddress('the https address of the source repository'),
    workflow: string('the file of the workflow, for example .github/workflows/publish.yml', /\S/),
    issuer: httpsAddress('who issues the identity tokens, as an https address'),
    refs: optional(listOf(ref, 'a list of branches and tags', 1)),
  }),
  trustedRoot: optional(anyObject('the JSON of a trusted root')),
});

const keySignatures = shape<KeySignatures>({
  by: oneOf('key'),
  publicKey: string('a public key in PEM', /^\s*-----BEGIN PUBLIC KEY-----/),
  log: optional(boolean),
});

const by = shape<{ readonly by: 'identity' | 'key' }>({ by: oneOf('identity', 'key') });

export const signaturesOption: Check<AdmissionSignatures> = (value, field, code) => {
  // Which of the two is meant decides what is wrong with the rest.
  const kind = by({ by: (value as { readonly by?: unknown } | null)?.by }, field, code);
  return kind.by === 'key'
    ? keySignatures(value, field, code)
    : identitySignatures(value, field, code);
};
