import type { Pointer, PointerFinding, PointerMove, Problem, Step } from '@ameide/versioning-core';
import { formatCoordinate } from '@ameide/versioning-core';
import { conflict } from './judge.ts';
import type { GhcrPlan } from './plan.ts';
import type { Verdict } from './pointer-rule.ts';
import { judgeDev, judgeVersion } from './pointer-rule.ts';
import { problem } from './problems.ts';
import type { Sleep } from './push.ts';
import { writeTag } from './push.ts';
import type { Manifest, RegistryClient } from './registry/client.ts';
import type { HeldManifest } from './registry/facts.ts';
import { readHeld } from './registry/facts.ts';

type Present = Extract<HeldManifest, { state: 'present' }>;

/** Moves every pointer of a plan to the image that the tag `<sha>` names on the registry, forwards only. */
export async function promoteImage(client: RegistryClient, plan: GhcrPlan, step: Step, sleep: Sleep): Promise<readonly PointerMove[]> {
  if (plan.pointers.length === 0) return [];
  const [target, ...currents] = await Promise.all(
    [plan.sha, ...plan.pointers.map(({ pointer }) => pointer)].map((tag) => readHeld(client, tag, step.signal)),
  );
  const ready = readyTarget(target, plan);
  return Promise.all(
    plan.pointers.map(async (pointer, index): Promise<PointerMove> => {
      if (ready.problem !== undefined) return { pointer, outcome: 'held', problem: ready.problem };
      return promoteOne(client, plan, pointer, ready.manifest, currents[index] ?? { state: 'absent' }, step, sleep);
    }),
  );
}

/** What the plan's pointers name now: the version it stands for, or the commit for `dev`; else the digest. */
export async function readPointers(client: RegistryClient, plan: GhcrPlan, signal: AbortSignal): Promise<readonly PointerFinding[]> {
  return Promise.all(
    plan.pointers.map(async (pointer): Promise<PointerFinding> => {
      const held = await readHeld(client, pointer.pointer, signal);
      if (held.state === 'unknown') return { pointer, problem: held.problem };
      if (held.state === 'absent') return { pointer };
      return {
        pointer,
        version: await nameOf(client, pointer, held, signal),
        ...(held.revision === undefined ? {} : { sha: held.revision }),
      };
    }),
  );
}

async function promoteOne(
  client: RegistryClient,
  plan: GhcrPlan,
  pointer: Pointer,
  manifest: Manifest,
  current: HeldManifest,
  step: Step,
  sleep: Sleep,
): Promise<PointerMove> {
  if (current.state === 'unknown') return { pointer, outcome: 'held', problem: current.problem };
  const present = current.state === 'present' ? current : undefined;
  const from = present === undefined ? {} : { from: await nameOf(client, pointer, present, step.signal) };
  const verdict = present === undefined ? 'move' : await verdictOf(client, plan, pointer, manifest.digest, present, step);
  if (verdict === 'already' || verdict === 'superseded') return { pointer, outcome: verdict, ...from };
  if (verdict !== 'move') return { pointer, outcome: 'held', ...from, problem: heldProblem(pointer, verdict.held) };
  const written = await writeTag(client, { tag: pointer.pointer, manifest, before: present?.digest }, step.signal, sleep);
  if (written.state === 'stored') {
    step.emit({ publisher: plan.publisher, message: `${plan.image}:${pointer.pointer} names ${manifest.digest}` });
    return { pointer, outcome: 'moved', ...from };
  }
  if (written.state === 'failed') return { pointer, outcome: 'held', ...from, problem: written.problem };
  return { pointer, outcome: 'held', ...from, problem: heldProblem(pointer, 'another run moved it meanwhile', 'safe') };
}

async function verdictOf(
  client: RegistryClient,
  plan: GhcrPlan,
  pointer: Pointer,
  digest: string,
  current: Present,
  step: Step,
): Promise<Verdict> {
  if (current.digest === digest) return 'already';
  const wanted = { digest, sha: plan.sha, version: plan.version };
  if (pointer.pointer !== 'dev') {
    const version = await releasedVersion(client, current, step.signal);
    if (typeof version === 'object') return { held: version.problem.message };
    return judgeVersion(pointer.pointer, { ...current, ...(version === undefined ? {} : { version }) }, wanted);
  }
  const relation = current.revision === undefined ? 'unknown' : await step.history.relation(current.revision, plan.sha);
  return judgeDev(current, wanted, relation);
}

/**
 * The version an image stands for. A commit that was published as a dev build or a candidate, and then released, keeps its one image: its
 * label says `0.1.0-dev.…`, and the tag `0.1.0` names the same digest. That tag is what is asked.
 */
async function releasedVersion(
  client: RegistryClient,
  held: Present,
  signal: AbortSignal,
): Promise<string | undefined | { readonly problem: Problem }> {
  const core = /^(\d+\.\d+\.\d+)[-+]/.exec(held.version ?? '')?.[1];
  if (core === undefined) return held.version;
  const tagged = await client.manifest(core, signal);
  if (tagged.state === 'unknown') return { problem: tagged.problem };
  return tagged.state === 'present' && tagged.value.digest === held.digest ? core : held.version;
}

function readyTarget(
  target: HeldManifest | undefined,
  plan: GhcrPlan,
): { readonly manifest: Manifest; readonly problem?: never } | { readonly problem: Problem } {
  const coordinate = { ecosystem: 'oci', name: plan.image, version: plan.sha } as const;
  if (target?.state === 'unknown') return { problem: target.problem };
  if (target?.state !== 'present' || target.manifest === undefined) {
    const where = formatCoordinate(coordinate);
    return {
      problem: problem('ghcr-image-missing', 'incomplete', `${where} is not there, so no tag can move to it.`, {
        coordinate: where,
        rerun: 'safe',
      }),
    };
  }
  return target.revision === plan.sha ? { manifest: target.manifest } : { problem: conflict(coordinate, target.revision, plan.sha) };
}

async function nameOf(client: RegistryClient, { pointer }: Pointer, held: Present, signal: AbortSignal): Promise<string> {
  if (pointer === 'dev') return held.revision ?? held.digest;
  const version = await releasedVersion(client, held, signal);
  return (typeof version === 'object' ? held.version : version) ?? held.digest;
}

function heldProblem(pointer: Pointer, why: string, rerun: Problem['rerun'] = 'after-fix'): Problem {
  const where = formatCoordinate({ ecosystem: 'oci', name: pointer.name, version: pointer.pointer });
  return problem('ghcr-pointer-held', 'incomplete', `${where} was not moved: ${why}.`, {
    coordinate: where,
    rerun,
    hint: 'Fetch the whole history (fetch-depth: 0), or move the tag once by hand if its present image is foreign.',
  });
}
