import { createRunAnswers, inParallel, settleAll } from '@ameide/publisher-kit';
import {
  type ClassifiedProof,
  classifyBundle,
  type ProofQuestion,
  sourceCommitOf,
  type Trusted,
} from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  PROOF_NAMES,
  type Problem,
  type Proof,
  type ProofKind,
  problem,
  type Result,
} from '@ameide/versioning-core';
import type { GhcrPlan } from '../plan.ts';
import type { Manifest, RegistryClient } from '../registry/client.ts';
import type { ImageSigner } from './image-signer.ts';
import { MAX_BUNDLE, MAX_SBOM_BUNDLE, readBundles } from './read-bundles.ts';

/** The kinds of proof that a signed image of this plan carries. */
export function kindsOf({ sbom }: Pick<GhcrPlan, 'sbom'>): readonly ProofKind[] {
  return ['signature', 'provenance', ...(sbom === undefined ? [] : (['sbom'] as const))];
}

/** Whether an image carries a valid proof of each kind. */
interface DigestProofs {
  /** Whose proofs count. */
  readonly trusted: Trusted;
  readonly found: ReadonlyMap<ProofKind, ClassifiedProof>;
}

/** An image, and its proofs. */
export interface ReadProofs extends DigestProofs {
  readonly image: Manifest;
}

/** An image of a plan. */
interface ProvenImage {
  readonly plan: GhcrPlan;
  readonly digest: string;
  /** The digests of all its referrers, if they were just listed. */
  readonly listed?: readonly string[] | undefined;
}

/** The images that a run has found to have every valid proof. What is proven for a digest stays proven. */
const proven = createRunAnswers();

/** A tag whose image's proofs are to be read. */
interface ProvenTag extends Pick<ProvenImage, 'listed' | 'plan'> {
  /** Default: the commit's. */
  readonly tag?: string;
  /** The digest that the tag most likely names: its proofs are read while the tag is read. */
  readonly expected?: string | undefined;
}

/** Reads and verifies what is attached to the image that a tag names; `absent` if there is none. */
export async function readProofs(
  client: RegistryClient,
  { expected, listed, plan, tag = plan.sha }: ProvenTag,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<Result<ReadProofs | 'absent'>> {
  const proofsOf = async (digest: string): ReturnType<typeof readProofsOf> =>
    readProofsOf(client, { digest, listed, plan }, signer, signal);
  const [image, likely] = await settleAll([
    client.manifest(tag, signal),
    expected === undefined ? Promise.resolve(undefined) : proofsOf(expected),
  ]);
  if (image.state === 'unknown') return failed(image.problem);
  if (image.state === 'absent') return ok('absent');
  const { digest } = image.value;
  const read = likely !== undefined && digest === expected ? likely : await proofsOf(digest);
  return read.value === undefined ? read : ok({ image: image.value, ...read.value });
}

/** Reads and verifies what is attached to an image, unless this run has found every proof valid. */
async function readProofsOf(
  client: RegistryClient,
  image: ProvenImage,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<Result<DigestProofs>> {
  const { digest, plan } = image;
  return proven.get(
    signal,
    JSON.stringify([client.url(digest), plan]),
    async () => verifyProofsOf(client, image, signer, signal),
    ({ value }) => value !== undefined && lacking(plan, value) === undefined,
  );
}

/** Returns the first kind of proof that is not valid. */
function lacking(plan: GhcrPlan, { found }: DigestProofs): ProofKind | undefined {
  return kindsOf(plan).find((kind) => found.get(kind)?.state !== 'proven');
}

async function verifyProofsOf(
  client: RegistryClient,
  { digest, listed, plan }: ProvenImage,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<Result<DigestProofs>> {
  const trusted = await signer.trusted();
  if (trusted.problems !== undefined) return failed(...trusted.problems);
  const found = new Map<ProofKind, ClassifiedProof>(
    kindsOf(plan).map((kind) => [kind, { state: 'missing' }]),
  );
  const isEnough = (): boolean => [...found.values()].every(({ state }) => state === 'proven');
  const take = (bundle: Uint8Array): void => {
    const classified = classifyBundle(bundle, (kind) =>
      found.has(kind) ? questionOf(kind, { digest, plan, trusted: trusted.value }) : undefined,
    );
    if (classified === undefined) return;
    const { kind, proof } = classified;
    found.set(kind, better(found.get(kind) ?? { state: 'missing' }, proof));
  };
  const maxBytes = plan.sbom === undefined ? MAX_BUNDLE : MAX_SBOM_BUNDLE;
  const read = await readBundles(client, digest, { listed, take, isEnough, maxBytes }, signal);
  if (read.problems !== undefined) return failed(...read.problems);
  return ok({ trusted: trusted.value, found });
}

/** What a bundle of one kind must say. A signature has only the image's digest; the others name it. */
export function questionOf(
  kind: ProofKind,
  {
    digest,
    plan,
    trusted,
  }: { readonly plan: GhcrPlan } & Pick<ProofQuestion, 'digest' | 'trusted'>,
): ProofQuestion {
  const from = sourceCommitOf(plan);
  return { digest, from, trusted, ...(kind === 'signature' ? {} : { name: plan.image }) };
}

/** One valid bundle is enough. If there is none, the first bundle says what is wrong. */
function better(before: ClassifiedProof, next: ClassifiedProof): ClassifiedProof {
  return before.state === 'missing' || next.state === 'proven' ? next : before;
}

/** Returns the problem if no tag may move to the image with this digest, because it lacks a valid proof. */
export async function findUnproven(
  client: RegistryClient,
  { digest, plan }: ProvenImage,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const read = await readProofsOf(client, { plan, digest }, signer, signal);
  if (read.value === undefined) return read.problems[0];
  const unproven = lacking(plan, read.value);
  return unproven === undefined ? undefined : notProven(unproven, plan, digest);
}

function notProven(kind: ProofKind, { image }: GhcrPlan, digest: string): Problem {
  const coordinate = `oci:${image}@${digest}`;
  return problem({
    code: 'ghcr-image-not-proven',
    kind: 'conflict',
    message: `${coordinate} has no valid ${PROOF_NAMES[kind]}, so no tag can move to it.`,
    hint: 'Somebody pushed it after the image was signed: find out who. If it is the right image, run publish again, which signs it.',
    coordinate,
  });
}

/** True if the image of the plan's commit is there, and is to get an SBOM that it does not have. */
export async function lacksSbom(
  client: RegistryClient,
  plan: GhcrPlan,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<boolean> {
  if (plan.sbom === undefined) return false;
  const read = await readProofs(client, { plan }, signer, signal);
  if (read.value === undefined || read.value === 'absent') return false;
  return read.value.found.get('sbom')?.state !== 'proven';
}

/** Returns one proof of each kind for the image that each tag of the plan names. */
export async function imageProofs(
  client: RegistryClient,
  plan: GhcrPlan,
  signer: ImageSigner,
  signal: AbortSignal,
): Promise<readonly Proof[]> {
  const answers = await inParallel(plan.coordinates, async (coordinate) => {
    const read = await readProofs(client, { plan, tag: coordinate.version }, signer, signal);
    return kindsOf(plan).map((kind) => proofOf(kind, coordinate, read));
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
  const { found, image, trusted } = read.value;
  const { reason, ...classified } = found.get(kind) ?? { state: 'missing' };
  const proof = { ...of, digest: image.digest, ...classified };
  return reason === undefined
    ? proof
    : { ...proof, problem: wrongProof(proof, reason, trusted.by) };
}

const NOT_OURS: Readonly<Record<Trusted['by'], string>> = {
  identity: 'Check that `identity` in the release definition and the trusted root are right.',
  key: 'Check that sign.publicKey in the release definition belongs to the key that signs.',
};

function wrongProof(
  { coordinate, kind }: Pick<Proof, 'coordinate' | 'kind'>,
  reason: string,
  by: Trusted['by'],
): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: `ghcr-wrong-${kind}`,
    kind: 'conflict',
    message: `The ${PROOF_NAMES[kind]} of ${reference} is not valid: ${reason}.`,
    hint: `${NOT_OURS[by]} If so, find out who attached this ${PROOF_NAMES[kind]}; publish attaches a valid one beside it.`,
    coordinate: reference,
    reason,
  });
}
