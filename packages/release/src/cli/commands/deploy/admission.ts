import { type AdmissionOptions, renderAdmission } from '@ameide/deploy-policy';
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
  const text = renderAdmission(opened.policy, {
    engine,
    ...(environments === undefined ? {} : { environments }),
    ...(action === undefined ? {} : { action }),
    ...(name === undefined ? {} : { name }),
    ...(args.signatures === false ? {} : signaturesOf(engine, opened.release?.definition)),
  });
  void (env.patch ?? env.stdout)(text);
  return 0;
}

/** The identity that signs, for the engines that can verify signatures. */
function signaturesOf(
  engine: AdmissionOptions['engine'],
  definition: ReleaseDefinition | undefined,
): Pick<AdmissionOptions, 'signatures' | 'signedImages'> {
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
