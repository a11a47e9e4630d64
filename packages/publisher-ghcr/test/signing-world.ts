import {
  type ClaimChanges,
  type RecordingProxyOptions,
  type RunningIdentityIssuer,
  type RunningOciRegistry,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import type {
  Built,
  Plan,
  Problem,
  Proof,
  Publisher,
  Signed,
  Signing,
} from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { ghcr } from '../src/index.ts';
import type { SignOption } from '../src/sign/sign-option.ts';
import { type World, worldOf } from './registry-world.ts';
import { release, SHA, step, tree } from './release.ts';

const REPOSITORY = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';

/** In the checkout. */
const SBOM = 'dist/sbom.json';

const BUNDLE = {
  name: 'configuration',
  files: async () => ({ value: [{ path: 'a.json', content: Buffer.from('{}') }] }),
} as const;

export interface SigningWorldOptions {
  readonly sign?: SignOption;
  /** Bytes that the transparency log takes at most. */
  readonly maxLogRequest?: number;
  /** Of the transparency log. Default 1. */
  readonly rekorVersion?: 1 | 2;
  /** An SBOM that the build leaves in the checkout. */
  readonly sbom?: string;
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
  readonly built: Built;
  /** The digest of the published image. */
  readonly digest: string;
  check(): Promise<readonly Problem[]>;
  /** With what the first build made, or another one; or with `null`, as a run that built nothing. */
  sign(built?: Built | null): Promise<readonly Signed[]>;
  /** Builds again, with another SBOM. */
  rebuild(sbom: string): Promise<Built>;
  /** `accepted`: another option `sign` than the one that the image was signed with. */
  proofs(accepted?: SignOption): Promise<readonly Proof[]>;
}

export async function signingWorld(
  registry: Promise<RunningOciRegistry>,
  options: SigningWorldOptions = {},
): Promise<SigningWorld> {
  const {
    claims = {},
    hasIdentity = true,
    maxLogRequest,
    proxying = {},
    rekorVersion = 1,
    sbom,
    sign = 'keyless',
  } = options;
  const issuer = await startIdentityIssuer({ claims: { sha: SHA, ...claims } });
  onTestFinished(async () => issuer.stop());
  const sigstore = await startSigstore({
    issuer,
    rekorVersion,
    ...(maxLogRequest === undefined ? {} : { maxLogRequest }),
  });
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
    const {
      files: _files,
      image,
      ...given
    } = world.options({
      sign: option,
      ports: { env },
      ...(sbom === undefined ? {} : { sbom: SBOM }),
    });
    return ghcr.bundle(image, given).open(tree(), BUNDLE);
  };
  const publisher = await openWith(sign);
  const plan = publisher.plan(release({ signing }));
  const build = async (files: Readonly<Record<string, string>>): Promise<Built> => {
    const built = await publisher.build(plan, await step(files));
    if (built.value === undefined) throw new Error(built.problems[0].message);
    return built.value;
  };
  const built = await build(sbom === undefined ? {} : { [SBOM]: sbom });
  await publisher.publish(plan, built, await step());
  world.proxy.clear();
  return {
    ...world,
    sigstore,
    issuer,
    signing,
    publisher,
    plan,
    built,
    digest: built.artifacts[0]?.digest ?? '',
    check: async () => publisher.check(plan, await step()),
    sign: async (of = built) => (await publisher.sign?.(plan, await step(), of ?? undefined)) ?? [],
    rebuild: async (text) => build({ [SBOM]: text }),
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
