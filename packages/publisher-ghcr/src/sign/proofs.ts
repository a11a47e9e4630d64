import { inParallel } from '@ameide/publisher-kit';
import { type Judgement, judge, type Trusted } from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  type Proof,
  type ProofKind,
  problem,
  type Result,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import type { ImageSigner } from './image-signer.ts';
import { readBundles } from './read-bundles.ts';

/** Everything that a signed image carries. */
export const KINDS: readonly ProofKind[] = ['signature', 'provenance'];

/** An image, and what it carries of each kind. */
export interface ReadProofs {
  readonly image: Manifest;
  readonly trusted: Trusted;
  readonly found: ReadonlyMap<ProofKind, Judgement>;
}

/** Reads and verifies what is attached to the image that a tag names; `absent` if there is none. */
export async function readProofs(
  client: RegistryClient,
  { plan, tag = plan.sha }: { readonly plan: GhcrPlan; readonly tag?: string },
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<Result<ReadProofs | 'absent'>> {
  const [image, trusted] = await Promise.all([client.manifest(tag, signal), signer.trusted()]);
  if (image.state === 'unknown') return failed(image.problem);
  if (image.state === 'absent') return ok('absent');
  if (trusted.problems !== undefined) return failed(...trusted.problems);
  const bundles = await readBundles(client, image.value.digest, signal);
  if (bundles.problems !== undefined) return failed(...bundles.problems);
  const { digest } = image.value;
  const from = { sha: plan.sha, repository: plan.signing?.identity?.repository };
  const question = { digest, from, trusted: trusted.value };
  const found = new Map(KINDS.map((kind) => [kind, judge(kind, bundles.value, question)]));
  return ok({ image: image.value, trusted: trusted.value, found });
}

/** Says what the image behind each tag of the plan carries, one answer for each kind. */
export async function imageProofs(
  client: RegistryClient,
  plan: GhcrPlan,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const answers = await inParallel(plan.coordinates, async (coordinate) => {
    const read = await readProofs(client, { plan, tag: coordinate.version }, signer, signal);
    return KINDS.map((kind) => proofOf(kind, coordinate, read));
  });
  return answers.flat();
}

function proofOf(
  kind: ProofKind,
  coordinate: Coordinate,
  read: Result<ReadProofs | 'absent'>,
): Proof {
  const of = { coordinate, kind };
  if (read.value === undefined) return { ...of, state: 'unknown', problem: read.problems[0] };
  if (read.value === 'absent') return { ...of, state: 'missing' };
  const { found, image } = read.value;
  const { reason, ...judged } = found.get(kind) ?? { state: 'missing' };
  const proof = { ...of, digest: image.digest, ...judged };
  return reason === undefined ? proof : { ...proof, problem: wrong(kind, coordinate, reason) };
}

function wrong(kind: ProofKind, coordinate: Coordinate, reason: string): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: `ghcr-wrong-${kind}`,
    kind: 'conflict',
    message: `The ${kind} of ${reference} does not hold: ${reason}.`,
    hint: 'Find out who attached it. To attach a valid one as well, run publish again.',
    coordinate: reference,
    reason,
  });
}
