import { type AdmissionOptions, renderAdmission } from '@ameide/deploy-policy';
import { InvalidInputError } from '@ameide/versioning-core';
import { publishersOf, type ReleaseDefinition } from '../../../definition/definition.ts';
import { signingOf } from '../../../definition/signing.ts';
import type { CliEnvironment } from '../../environment.ts';
import { type DeployArguments, openPolicy } from './open-policy.ts';

export interface AdmissionArguments extends DeployArguments {
  readonly engine: AdmissionOptions['engine'];
  readonly env?: readonly string[];
  readonly action?: NonNullable<AdmissionOptions['action']>;
  readonly name?: string;
  /** False: with `--no-signatures`. */
  readonly signatures?: boolean;
}

/** `ameide-release deploy admission` */
export async function admission(env: CliEnvironment, args: AdmissionArguments): Promise<number> {
  await using opened = await openPolicy(args);
  const { action, engine, env: environments, name } = args;
  const signing = args.signatures === false ? {} : signaturesOf(engine, opened.release?.definition);
  if (engine === 'sigstore') requireSignatures(args, signing);
  const text = renderAdmission(opened.policy, {
    engine,
    ...(environments === undefined ? {} : { environments }),
    ...(action === undefined ? {} : { action }),
    ...(name === undefined ? {} : { name }),
    ...signing,
  });
  void (env.patch ?? env.stdout)(text);
  if (engine === 'kyverno' && args.signatures !== false && signing.signatures === undefined)
    void env.stderr(
      'No signatures are asked for: no release definition here has an identity and an image that is signed without a key.\n',
    );
  return 0;
}

type AdmissionSigning = Pick<AdmissionOptions, 'signatures' | 'signedImages'>;

/** The identity that signs, for the engines that can verify signatures. */
function signaturesOf(
  engine: AdmissionOptions['engine'],
  definition: ReleaseDefinition | undefined,
): AdmissionSigning {
  const verifies = engine === 'kyverno' || engine === 'sigstore';
  if (definition?.identity === undefined || !verifies) return {};
  const { identity, sigstore } = signingOf(definition);
  const signedImages = publishersOf(definition).flatMap(({ image, imageSignature }) =>
    image !== undefined && imageSignature === 'keyless' ? [image] : [],
  );
  if (identity === undefined || signedImages.length === 0) return {};
  const { trustedRoot } = sigstore;
  return {
    signedImages,
    signatures: { by: 'identity', identity, ...(trustedRoot === undefined ? {} : { trustedRoot }) },
  };
}

/** The policy-controller verifies signatures of the public Sigstore, and knows nothing else. */
function requireSignatures(
  { signatures: asked }: AdmissionArguments,
  { signatures }: AdmissionSigning,
): void {
  const hint = 'For tags and digests, choose kubernetes or kyverno.';
  if (asked === false)
    throw new InvalidInputError({
      field: 'no-signatures',
      expected: 'to be left out: the engine sigstore verifies signatures alone',
      hint,
    });
  if (signatures === undefined)
    throw new InvalidInputError({
      field: 'engine',
      received: 'sigstore',
      expected:
        'another engine, or a release definition with an identity and an image that is signed without a key',
      hint,
    });
  if (signatures.by === 'identity' && signatures.trustedRoot !== undefined)
    throw new InvalidInputError({
      field: 'engine',
      received: 'sigstore',
      expected:
        'kyverno: the policy-controller reads the trusted root of a Sigstore of your own from an object TrustRoot',
    });
}
