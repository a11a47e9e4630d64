import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import { createHttp } from '@ameide/publisher-kit';
import type { Problem, Proof, Signing } from '@ameide/versioning-core';
import { expect, onTestFinished } from 'vitest';
import { type Run, type RunOptions, startRun } from './publishing.ts';
import { makeRelease, SHA } from './release.ts';
import { type RegistryWorld, testWorld } from './world.ts';

const REPOSITORY = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';

/** A registry that takes provenances of one Sigstore, behind a recording proxy. */
export interface ProvingWorld extends RegistryWorld {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly signing: Signing;
}

export async function provingWorld(claims: ClaimChanges = {}): Promise<ProvingWorld> {
  const issuer = await startIdentityIssuer({ claims: { sha: SHA, ...claims } });
  onTestFinished(() => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(() => sigstore.stop());
  const { rekorUrl, trustedRoot } = sigstore;
  const world = await testWorld({ provenance: { rekorUrl, trustedRoot } });
  const signing: Signing = {
    identity: { repository: REPOSITORY, workflow: WORKFLOW, issuer: issuer.issuer },
    sigstore: { fulcio: sigstore.fulcioUrl, rekor: rekorUrl, trustedRoot },
  };
  return Object.assign(world, { issuer, sigstore, signing });
}

export interface ProvingOptions extends RunOptions {
  readonly signing?: Signing;
  readonly env?: NodeJS.ProcessEnv;
  /** Whether the options say so. Default true. */
  readonly isPublic?: boolean;
}

/** A run in a job of GitHub Actions whose package has a provenance. */
export async function provingRun(
  world: ProvingWorld,
  { env, isPublic = true, signing = world.signing, ...options }: ProvingOptions = {},
): Promise<Run> {
  const http = createHttp({ sleep: async () => undefined, attempts: 1 });
  const job = env ?? { ...world.issuer.job, ...world.issuer.environment };
  const release = makeRelease({ channel: 'release', repository: REPOSITORY, signing });
  return startRun(world, release, {
    ...options,
    npm: {
      provenance: true,
      ...(isPublic ? { access: 'public' } : {}),
      ports: { http, env: job, sleep: async () => undefined },
      ...options.npm,
    },
  });
}

export async function checked({ plan, publisher, step }: Run): Promise<readonly Problem[]> {
  return publisher.check(plan, step);
}

export async function validated({ plan, publisher, step }: Run): Promise<readonly Problem[]> {
  return (await publisher.validate?.(plan, step)) ?? [];
}

export async function proven({ plan, publisher, step }: Run): Promise<readonly Proof[]> {
  return (await publisher.proofs?.(plan, step)) ?? [];
}

/** Expects that no secret of the run is in what anybody can see of it. */
export function expectNoSecret({ issuer, proxy, registry }: ProvingWorld, seen: unknown): void {
  const text = JSON.stringify([seen, proxy.requests]);
  const secrets = [...issuer.secrets(), registry.token];
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}
