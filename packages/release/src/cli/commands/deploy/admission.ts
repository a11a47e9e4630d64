import { type AdmissionOptions, renderAdmission } from '@ameide/deploy-policy';
import type { ReleaseDefinition } from '../../../definition/definition.ts';
import { signingOf } from '../../../definition/signing.ts';
import type { CliEnvironment } from '../../environment.ts';
import { type DeployArguments, openPolicy } from './open-policy.ts';

export interface AdmissionArguments extends DeployArguments {
  readonly engine: AdmissionOptions['engine'];
  readonly env?: readonly string[];
  readonly action?: NonNullable<AdmissionOptions['action']>;
  readonly name?: string;
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
    ...signaturesOf(engine, opened.release?.definition),
  });
  void (env.patch ?? env.stdout)(text);
  return 0;
}

/** The identity that signs, for the engines that can verify signatures. */
function signaturesOf(
  engine: AdmissionOptions['engine'],
  definition: ReleaseDefinition | undefined,
): Pick<AdmissionOptions, 'signatures'> {
  const verifies = engine === 'kyverno' || engine === 'sigstore';
  if (definition?.identity === undefined || !verifies) return {};
  const { identity, sigstore } = signingOf(definition);
  if (identity === undefined) return {};
  const { trustedRoot } = sigstore;
  return {
    signatures: { by: 'identity', identity, ...(trustedRoot === undefined ? {} : { trustedRoot }) },
  };
}
