import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ClaimChanges,
  type Fault,
  type FaultSubject,
  type Recorded,
  type RunningIdentityIssuer,
  type RunningSigstore,
  type RunningTrustingIndex,
  recorded,
  startIdentityIssuer,
  startPythonIndex,
  startSigstore,
} from '@ameide/local-registries';
import { createHttp, createProcesses, type ProcessResult } from '@ameide/publisher-kit';
import type { Problem, Proof, Published, Signing } from '@ameide/versioning-core';
import { expect, onTestFinished } from 'vitest';
import type { PypiOptions, PypiPlan } from '../src/index.ts';
import { REPOSITORY } from './plan.fixture.ts';
import { build, type Opened, open, stubBuilder } from './world.ts';

const WORKFLOW = '.github/workflows/publish-packages.yml';

/** An index that takes attestations of one Sigstore from one trusted publisher, behind a recording proxy. */
export interface AttestingWorld extends Recorded<RunningTrustingIndex> {
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly signing: Signing;
  readonly options: Partial<PypiOptions>;
  /** Set to spoil answers; undefined passes everything on. */
  fault: ((request: FaultSubject) => Fault | undefined) | undefined;
}

export async function attestingWorld(
  claims: ClaimChanges = {},
  env: NodeJS.ProcessEnv = {},
): Promise<AttestingWorld> {
  const issuer = await startIdentityIssuer({ claims });
  onTestFinished(() => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(() => sigstore.stop());
  const { trustedRoot } = sigstore;
  const trusted = { repository: 'ameideio/ameide', workflow: 'publish-packages.yml' };
  const project = { project: 'ameide-sdk', isPending: true as const, ...trusted };
  const trust = { issuer, audience: 'index.example', publishers: [project] };
  const world: { fault: AttestingWorld['fault'] } = { fault: undefined };
  const index = startPythonIndex({ trust, attestations: { trustedRoot } });
  const made = await recorded(index, { fault: (request) => world.fault?.(request) });
  onTestFinished(async () => made[Symbol.asyncDispose]());
  const options: Partial<PypiOptions> = {
    uploadUrl: `${made.proxy.url}/legacy/`,
    simpleUrl: `${made.proxy.url}/simple/`,
    trustedPublishing: true,
    attestations: true,
    ports: {
      processes: stubBuilder(),
      env: { ...issuer.job, ...issuer.environment, ...env },
      http: createHttp({ attempts: 1, sleep: async () => undefined }),
      sleep: async () => undefined,
    },
  };
  const signing: Signing = {
    identity: { repository: REPOSITORY, workflow: WORKFLOW, issuer: issuer.issuer },
    sigstore: sigstore.option,
  };
  return Object.assign(world, made, { issuer, sigstore, signing, options });
}

/** Opens the project with a plan that says who signs. */
export async function attesting(
  world: AttestingWorld,
  root: string,
  { signing = world.signing, ...options }: Partial<PypiOptions> & { signing?: Signing } = {},
): Promise<Opened> {
  const opened = await open(root, { ...world.options, ...options });
  const plan: PypiPlan = opened.publisher.plan({ ...opened.release, signing });
  return { ...opened, plan };
}

export async function publish(opened: Opened): Promise<Published> {
  const built = await build(opened);
  const [published] = await opened.publisher.publish(opened.plan, built, opened.step());
  if (published === undefined) throw new Error('nothing was published');
  return published;
}

export async function checked({ plan, publisher, step }: Opened): Promise<readonly Problem[]> {
  return publisher.check(plan, step());
}

export async function proofs({ plan, publisher, step }: Opened): Promise<readonly Proof[]> {
  return (await publisher.proofs?.(plan, step())) ?? [];
}

/** Expects that no secret of the run is in what anybody can see of it. */
export function expectNoSecret({ issuer, proxy, registry }: AttestingWorld, seen: unknown): void {
  const secrets = [...issuer.secrets(), ...registry.minted(), registry.token];
  const text = JSON.stringify([seen, proxy.requests]);
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
}

/** A file that the index serves. */
export interface ServedFile {
  readonly filename: string;
  readonly url: string;
  readonly provenance: string | null;
}

export async function servedFiles({ proxy }: AttestingWorld): Promise<readonly ServedFile[]> {
  const response = await fetch(`${proxy.url}/simple/ameide-sdk/`, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
  });
  const { files } = (await response.json()) as { readonly files: readonly ServedFile[] };
  return files.map((file) => ({ ...file, url: new URL(file.url, response.url).href }));
}

/** Verifies a file with PyPA's own program, and the trusted root of the stand-in. */
export async function verifyAsPypi(
  { sigstore }: AttestingWorld,
  name: string,
  bytes: Uint8Array,
  provenance: unknown,
): Promise<ProcessResult> {
  const folder = await mkdtemp(join(tmpdir(), 'attested-'));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, 'provenance.json'), JSON.stringify(provenance));
  const about = ['--repository', REPOSITORY, '--provenance-file', join(folder, 'provenance.json')];
  return createProcesses().run({
    argv: ['pypi-attestations', 'verify', 'pypi', '--offline', ...about, join(folder, name)],
    cwd: folder,
    env: { ...sigstore.pythonEnvironment },
  });
}
