import {
  type ClaimChanges,
  type RecordingProxyOptions,
  type RunningIdentityIssuer,
  type RunningOciRegistry,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import type { Plan, Problem, Proof, Publisher, Signed, Signing } from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { ghcr } from '../src/index.ts';
import type { SignOption } from '../src/sign/sign-option.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, SHA, step, tree } from './release.ts';

const REPOSITORY = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';

const BUNDLE = {
  name: 'configuration',
  files: async () => ({ value: [{ path: 'a.json', content: Buffer.from('{}') }] }),
} as const;

export interface SigningWorldOptions {
  readonly sign?: SignOption;
  readonly proxying?: RecordingProxyOptions;
  /** How this job's identity differs from the one that the definition accepts. */
  readonly claims?: ClaimChanges;
  /** False: the job may ask for no identity token. */
  readonly hasIdentity?: boolean;
}

/** A published image that is not signed yet, and a Sigstore to sign it with. */
export interface SigningWorld extends World {
  readonly sigstore: RunningSigstore;
  readonly issuer: RunningIdentityIssuer;
  readonly signing: Signing;
  readonly publisher: Publisher;
  readonly plan: Plan;
  /** The digest of the published image. */
  readonly digest: string;
  check(): Promise<readonly Problem[]>;
  sign(): Promise<readonly Signed[]>;
  /** `accepted`: another option `sign` than the one that the image was signed with. */
  proofs(accepted?: SignOption): Promise<readonly Proof[]>;
}

export async function signingWorld(
  registry: Promise<RunningOciRegistry>,
  options: SigningWorldOptions = {},
): Promise<SigningWorld> {
  const { claims = {}, hasIdentity = true, proxying = {}, sign = 'keyless' } = options;
  const issuer = await startIdentityIssuer({ claims: { sha: SHA, ...claims } });
  onTestFinished(async () => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(async () => sigstore.stop());
  const world = await worldOf(await registry, proxying);
  onTestFinished(async () => world[Symbol.asyncDispose]());
  const env = {
    PATH: process.env['PATH'],
    ...issuer.job,
    ...(hasIdentity ? issuer.environment : {}),
  };
  const signing: Signing = {
    identity: { repository: REPOSITORY, workflow: WORKFLOW, issuer: issuer.issuer },
    sigstore: sigstore.option,
  };
  const openWith = async (option: SignOption): Promise<Publisher> => {
    const { files: _files, image, ...given } = world.options({ sign: option, ports: { env } });
    return ghcr.bundle(image, given).open(tree(), BUNDLE);
  };
  const publisher = await openWith(sign);
  const plan = publisher.plan(release({ signing }));
  const own = await step();
  const built = await publisher.build(plan, own);
  if (built.value === undefined) throw new Error('the image is built');
  await publisher.publish(plan, built.value, own);
  world.proxy.clear();
  return {
    ...world,
    sigstore,
    issuer,
    signing,
    publisher,
    plan,
    digest: built.value.artifacts[0]?.digest ?? '',
    check: async () => publisher.check(plan, await step()),
    sign: async () => (await publisher.sign?.(plan, await step())) ?? [],
    proofs: async (accepted = sign) =>
      (await (await openWith(accepted)).proofs?.(plan, await step())) ?? [],
  };
}

/** `signature: signed`, `provenance: ghcr-…`. */
export function outcomes(signed: readonly Signed[]): readonly string[] {
  return signed.map(({ kind, outcome, problem }) => `${kind}: ${problem?.code ?? outcome}`);
}

export function states(proofs: readonly Proof[]): readonly string[] {
  return proofs.map(({ kind, problem, state }) =>
    [`${kind}: ${state}`, problem?.code ?? []].flat().join(' '),
  );
}
