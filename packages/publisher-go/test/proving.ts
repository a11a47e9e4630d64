import {
  type ClaimChanges,
  type RunningIdentityIssuer,
  type RunningSigstore,
  startIdentityIssuer,
  startSigstore,
} from '@ameide/local-registries';
import type { OpenedRun } from '@ameide/publisher-kit/testing';
import type {
  Finding,
  PointerMove,
  Problem,
  Proof,
  Signed,
  Signing,
} from '@ameide/versioning-core';
import { onTestFinished } from 'vitest';
import { BRANCH, git, type Lab, type LabOptions, openLab } from './lab.ts';

export const SOURCE = 'https://github.com/ameideio/ameide';
const WORKFLOW = '.github/workflows/publish-packages.yml';
export const SIGNER: string = `${SOURCE}/${WORKFLOW}@refs/heads/main`;
export const FILE = 'provenance.sigstore.jsonl';

/** A mirror in a job of GitHub Actions, and stand-ins for its identities and for Sigstore. */
export interface ProvingLab {
  readonly lab: Lab;
  readonly issuer: RunningIdentityIssuer;
  readonly sigstore: RunningSigstore;
  readonly signing: Signing;
  /** Opens a run whose module has a provenance; its proxy's record is that of this run. */
  open(sha: string, ref?: string, options?: LabOptions): Promise<ProvingRun>;
  /** Publishes and signs a commit, without its branches. */
  publish(sha: string, ref?: string): Promise<readonly Signed[]>;
  /** The commit of the mirror that a source commit has become. */
  commitOf(sha: string): string;
  /** What the provenance's ref of that commit names; `undefined` if there is none. */
  attestation(sha: string): string | undefined;
  /** Puts an object under the ref, as somebody who may push there. */
  plant(sha: string, object: string): void;
}

interface ProvingRun extends OpenedRun {
  validate(): Promise<readonly Problem[]>;
  check(): Promise<readonly Problem[]>;
  publish(): Promise<void>;
  /** `seen`: what was read back; absent if nothing was. */
  sign(seen?: readonly Finding[]): Promise<readonly Signed[]>;
  inspect(): Promise<readonly Finding[]>;
  promote(): Promise<readonly PointerMove[]>;
  proofs(): Promise<readonly Proof[]>;
}

export async function provingLab(
  settings: Parameters<typeof openLab>[0] & { readonly claims?: ClaimChanges } = {},
): Promise<ProvingLab> {
  const { claims = {}, ...rest } = settings;
  const issuer = await startIdentityIssuer({ claims });
  onTestFinished(async () => issuer.stop());
  const sigstore = await startSigstore({ issuer });
  onTestFinished(async () => sigstore.stop());
  const lab = await openLab(rest);
  onTestFinished(async () => lab[Symbol.asyncDispose]());
  const signing: Signing = {
    identity: { repository: SOURCE, workflow: WORKFLOW, issuer: issuer.issuer },
    sigstore: sigstore.option,
  };
  const env = { ...issuer.job, ...issuer.environment };
  const open: ProvingLab['open'] = async (sha, ref = BRANCH, options = {}) => {
    const ports = { ...lab.ports, env };
    const run = await lab.open(sha, ref, { provenance: true, signing, ports, ...options });
    const { build, plan, publisher, step } = run;
    return {
      ...run,
      validate: async () => (await publisher.validate?.(plan, step)) ?? [],
      check: async () => publisher.check(plan, step),
      publish: async () => void (await publisher.publish(plan, await build(), step)),
      sign: async (seen) => (await publisher.sign?.(plan, step, undefined, seen)) ?? [],
      inspect: async () => publisher.inspect({ plan }, step),
      promote: async () => (await publisher.promote?.(plan, step)) ?? [],
      proofs: async () => (await publisher.proofs?.(plan, step)) ?? [],
    };
  };
  const commitOf = (sha: string): string => lab.refs()[`refs/tags/source-${sha}`] ?? '';
  const refOf = (sha: string): string => `refs/attestations/${commitOf(sha)}`;
  return {
    lab,
    issuer,
    sigstore,
    signing,
    open,
    commitOf,
    async publish(sha, ref) {
      const run = await open(sha, ref);
      await run.publish();
      return run.sign();
    },
    attestation: (sha) => lab.refs()[refOf(sha)],
    plant: (sha, object) => void git(lab.bare, ['update-ref', refOf(sha), object]),
  };
}

/** `signed`, or the code of what kept it from being signed. */
export function ended(results: readonly (Signed | Proof)[]): readonly string[] {
  return results.map((one) => one.problem?.code ?? ('outcome' in one ? one.outcome : one.state));
}

/** Makes a commit with these files, as somebody who may push to the mirror. Returns its id. */
export function planted(lab: Lab, write: (folder: string) => void): string {
  const folder = lab.scratch();
  git(folder, ['init', '--quiet', '--template=']);
  write(folder);
  git(folder, ['add', '--all']);
  git(folder, ['commit', '--quiet', '--allow-empty', '--message', 'planted']);
  const id = git(folder, ['rev-parse', 'HEAD']);
  git(folder, ['push', '--quiet', lab.bare, `${id}:refs/planted/${id}`]);
  return id;
}
