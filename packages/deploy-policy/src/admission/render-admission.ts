import { InvalidInputError } from '@ameide/versioning-core';
import { listOf, oneOf, optional, shape, string } from '@ameide/versioning-core/options';
import { stringify } from 'yaml';
import { imageName } from '../policy/image-names.ts';
import { type DeployPolicy, environmentOf } from '../policy/policy.ts';
import type { AdmissionAction, EnginePolicy } from './engine.ts';
import { expressionsOf } from './expressions.ts';
import { kubernetesObjects } from './kubernetes.ts';
import { clusterPolicy, validatingPolicy } from './kyverno.ts';
import { clusterImagePolicy, imageValidatingPolicy } from './signatures.ts';
import { type AdmissionSignatures, signaturesOption } from './signatures-option.ts';

/**
 * Who admits.
 * - `kubernetes`: the API server itself, 1.30 and later (ValidatingAdmissionPolicy).
 * - `kyverno`: Kyverno 1.17 and later (ValidatingPolicy, and ImageValidatingPolicy for signatures).
 * - `kyverno-cluster-policy`: Kyverno's ClusterPolicy, which it deprecates since 1.17 and has until 1.19.
 * - `sigstore`: Sigstore's policy-controller 0.13 (ClusterImagePolicy), which knows signatures alone.
 */
export type AdmissionEngine = 'kubernetes' | 'kyverno' | 'kyverno-cluster-policy' | 'sigstore';

export interface AdmissionOptions {
  readonly engine: AdmissionEngine;
  /** The environments to render. Default: all of the policy. */
  readonly environments?: readonly string[];
  /** Default `deny`. Begin with `audit` or `warn` where workloads run that may not be allowed. */
  readonly action?: AdmissionAction;
  /** The names of the objects begin with it; two definitions in one cluster need two. Default `ameide-images`. */
  readonly name?: string;
  /** Images in environments with `proof: 'required'` must be signed so. For `kyverno` and `sigstore`. */
  readonly signatures?: AdmissionSignatures;
  /** The images that are signed, if not all of the policy are: full names, or all below a path with `/*`. */
  readonly signedImages?: readonly string[];
}

const parseOptions = shape<AdmissionOptions>(
  {
    engine: oneOf('kubernetes', 'kyverno', 'kyverno-cluster-policy', 'sigstore'),
    environments: optional(
      listOf(string('the name of an environment'), 'a list of environments', 1),
    ),
    action: optional(oneOf('deny', 'warn', 'audit')),
    name: optional(
      string(
        'the beginning of a name in Kubernetes: at most 40 lower-case letters, digits and "-", for example ameide-images',
        /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
      ),
    ),
    signatures: optional(signaturesOption),
    signedImages: optional(
      listOf(imageName, 'a list of images, for example ["ghcr.io/acme/sdk"]', 1),
    ),
  },
  { name: 'admission', code: 'deploy-option' },
);

const HEADING = '# Rendered from the deploy policy of the release definition: change it there.\n';

/** `on` and `1_000` get quotes: kubectl reads YAML 1.1. */
const FORMAT = { lineWidth: 0, version: '1.1' } as const;

/**
 * Renders the policy as YAML for `kubectl apply -f -`: the rules of `checkManifests`, which the cluster then
 * applies to whatever is created or changed. Throws `InvalidInputError` for an unknown environment, for
 * `sigstore` without signatures, and for signatures that the engine cannot verify.
 */
export function renderAdmission(policy: DeployPolicy, options: AdmissionOptions): string {
  const checked = parseOptions(options);
  const { action = 'deny', environments, name = 'ameide-images' } = checked;
  const names = environments ?? Object.keys(policy.environments);
  const rendered = names.map((environment) => {
    const rules = environmentOf(policy, environment);
    return {
      isProven: rules.proof === 'required',
      name: `${name}-${environment}`,
      action,
      namespaceLabels: rules.namespaceLabels,
      expressions: expressionsOf(policy.images, { ...rules, name: environment }),
    };
  });
  const objects =
    checked.engine === 'sigstore'
      ? [clusterImagePolicy(signedOf(policy, checked), { action, name }, signaturesFor(checked))]
      : rendered.flatMap((one) => objectsOf(policy, one, checked));
  return HEADING + objects.map((one) => `---\n${stringify(one, FORMAT)}`).join('');
}

function signedOf({ images }: DeployPolicy, { signedImages }: AdmissionOptions): readonly string[] {
  return signedImages ?? images;
}

function objectsOf(
  policy: DeployPolicy,
  one: EnginePolicy & { readonly isProven: boolean },
  options: AdmissionOptions,
): readonly object[] {
  const { engine, signatures } = options;
  if (engine === 'kyverno') {
    const isSigned = signatures !== undefined && one.isProven;
    return [
      validatingPolicy(one),
      ...(isSigned ? [imageValidatingPolicy(signedOf(policy, options), one, signatures)] : []),
    ];
  }
  if (signatures !== undefined) throw cannotVerify(engine);
  return engine === 'kubernetes' ? kubernetesObjects(one) : [clusterPolicy(one)];
}

function signaturesFor({ signatures }: AdmissionOptions): AdmissionSignatures {
  if (signatures !== undefined) return signatures;
  throw new InvalidInputError({
    field: 'signatures',
    expected: 'who signs the images, because the engine "sigstore" verifies nothing else',
  });
}

function cannotVerify(engine: AdmissionEngine): InvalidInputError {
  return new InvalidInputError({
    field: 'signatures',
    expected: `no signatures, because the engine "${engine}" is not rendered with them`,
    hint: 'Render them for kyverno or sigstore, beside this one.',
  });
}
