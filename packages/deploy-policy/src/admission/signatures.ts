import { InvalidInputError, type SigningIdentity } from '@ameide/versioning-core';
import type { AdmissionAction, EnginePolicy } from './engine.ts';
import { identityPattern } from './identity-pattern.ts';
import { KYVERNO_ACTIONS } from './kyverno.ts';
import { isOursExpression } from './name-expression.ts';
import type { AdmissionSignatures } from './signatures-option.ts';

/** Only pods: whatever makes a pod makes it from a template, and each verification asks the registry. */
const PODS = [
  {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE', 'UPDATE'],
    resources: ['pods', 'pods/ephemeralcontainers'],
  },
];

/** In CEL: the images of the volumes of a pod. Those of its containers are known to Kyverno. */
const VOLUME_IMAGES =
  'object.spec.?volumes.orValue([]).filter(v, has(v.image)).map(v, v.image.reference)';

/** In CEL, for an update: without a new image, a pod stays what it is. */
const HAS_NEW_IMAGE = `oldObject == null || !has(oldObject.spec) || ['containers', 'initContainers', 'ephemeralContainers'].exists(list,
  object.spec[?list].orValue([]).exists(c, !oldObject.spec[?list].orValue([]).exists(old, old.image == c.image)))`;

/**
 * An ImageValidatingPolicy, for Kyverno 1.17 and later. It reads the bundles of cosign 3 as well as older
 * signatures.
 */
export function imageValidatingPolicy(
  images: readonly string[],
  { action, name, namespaceLabels }: EnginePolicy,
  signatures: AdmissionSignatures,
): object {
  return {
    apiVersion: 'policies.kyverno.io/v1',
    kind: 'ImageValidatingPolicy',
    metadata: { name: `${name}-signatures` },
    spec: {
      failurePolicy: 'Fail',
      validationActions: KYVERNO_ACTIONS[action],
      webhookConfiguration: { timeoutSeconds: 30 },
      autogen: { podControllers: { controllers: [] } },
      matchConstraints: {
        namespaceSelector: { matchLabels: namespaceLabels },
        resourceRules: PODS,
      },
      matchConditions: [{ name: 'new-image', expression: HAS_NEW_IMAGE }],
      matchImageReferences: [{ expression: isOursExpression('ref', images) }],
      images: [{ name: 'volumes', expression: VOLUME_IMAGES }],
      // Digests are the business of the other policy, and a change here would undo what a manifest pins.
      validationConfigurations: { mutateDigest: false, verifyDigest: false, required: true },
      attestors: [{ name: 'release', cosign: cosign(signatures) }],
      validations: [
        {
          expression:
            'images.all(list, images[list].all(image, verifyImageSignatures(image, [attestors.release]) > 0))',
          message: 'An image is not signed as its release signs.',
        },
      ],
    },
  };
}

function cosign(signatures: AdmissionSignatures): object {
  if (signatures.by === 'key') {
    const { log = true, publicKey } = signatures;
    const ctlog = log ? {} : { ctlog: { insecureIgnoreTlog: true, insecureIgnoreSCT: true } };
    return { key: { data: publicKey }, ...ctlog };
  }
  const { identity, trustedRoot } = signatures;
  return {
    keyless: { identities: [who(identity)] },
    ...(trustedRoot === undefined ? {} : { trustedRoot: { value: JSON.stringify(trustedRoot) } }),
  };
}

function who(identity: SigningIdentity): object {
  return { issuer: identity.issuer, subjectRegExp: identityPattern(identity) };
}

/** The predicate of a signature in the bundles of cosign 3. */
const COSIGN_SIGN = 'https://sigstore.dev/cosign/sign/v1';

/**
 * A ClusterImagePolicy, for Sigstore's policy-controller 0.13. It holds in the namespaces that have the label
 * `policy.sigstore.dev/include: "true"`.
 */
export function clusterImagePolicy(
  images: readonly string[],
  { action, name }: { readonly action: AdmissionAction; readonly name: string },
  signatures: AdmissionSignatures,
): object {
  if (signatures.by === 'key') throw byIdentityOnly();
  if (signatures.trustedRoot !== undefined) throw publicSigstoreOnly();
  return {
    apiVersion: 'policy.sigstore.dev/v1beta1',
    kind: 'ClusterImagePolicy',
    metadata: { name: `${name}-signatures` },
    spec: {
      mode: action === 'deny' ? 'enforce' : 'warn',
      images: images.flatMap(globs).map((glob) => ({ glob })),
      authorities: [
        {
          name: 'release',
          signatureFormat: 'bundle',
          keyless: { url: 'https://fulcio.sigstore.dev', identities: [who(signatures.identity)] },
          ctlog: { url: 'https://rekor.sigstore.dev' },
          attestations: [{ name: 'signature', predicateType: COSIGN_SIGN }],
        },
      ],
    },
  };
}

/** The images of a name as policy-controller writes them: always with a tag or a digest. */
function globs(name: string): readonly string[] {
  const full = name.replace(/^docker\.io\//, 'index.docker.io/');
  return full.endsWith('/*') ? [`${full}*`] : [`${full}:**`, `${full}@**`];
}

function byIdentityOnly(): InvalidInputError {
  return new InvalidInputError({
    field: 'signatures.by',
    received: 'key',
    expected: 'identity, because policy-controller reads bundles without a key alone',
    hint: 'Kyverno reads both: engine "kyverno".',
  });
}

function publicSigstoreOnly(): InvalidInputError {
  return new InvalidInputError({
    field: 'signatures.trustedRoot',
    expected:
      'no trusted root, because policy-controller takes that of another Sigstore from a TrustRoot',
    hint: 'Kyverno has it in its policy: engine "kyverno".',
  });
}
