import { afterWriting, createPace, type Pace, settleAll } from '@ameide/publisher-kit';
import { BUNDLE_TYPE, classifyProof, type StatementSigner } from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  failed,
  findAnswer,
  formatCoordinate,
  ok,
  PROOF_NAMES,
  type Problem,
  type ProofKind,
  problem,
  type Result,
  type Signed,
  type Step,
} from '@ameide/versioning-core';
import { type Artifact, pushArtifact, storeArtifact } from '../image/attach-artifact.ts';
import type { GhcrPlan } from '../plan.ts';
import { nothingToAttachTo } from '../problems.ts';
import type { RegistryClient } from '../registry/client.ts';
import { nameReferrers, type Referrer } from '../registry/name-referrer.ts';
import { findForeign } from './find-foreign.ts';
import type { ImageSigner } from './image-signer.ts';
import type { SigningPorts } from './image-signing.ts';
import { kindsOf, questionOf, type ReadProofs, readProofs } from './proofs.ts';
import { annotationsOf, type SignedPlan, statementFor } from './statement-for.ts';

/**
 * Signs the image of the plan's commit, by digest, and attests to its provenance and its SBOM. Attaches each as a Sigstore bundle, as
 * `cosign sign` and `cosign attest` of version 3 do. Does not make again what is there and valid. Reads everything
 * back.
 */
export async function signImage(
  client: RegistryClient,
  { built, plan, seen }: SignedPlan,
  signer: ImageSigner,
  step: Step,
  ports: Pick<SigningPorts, 'env' | 'sleep'>,
): Promise<readonly Signed[]> {
  const [coordinate] = plan.coordinates;
  const kinds = kindsOf(plan);
  if (coordinate === undefined) return [];
  const blocked = (found: Problem): readonly Signed[] =>
    kinds.map((kind) => ({ coordinate, kind, outcome: 'blocked', problem: found }));
  const expected = findAnswer(coordinate, seen ?? [])?.digest;
  const read = await readProofs(client, { expected, plan }, signer, step.signal);
  if (read.value === undefined) return blocked(read.problems[0]);
  if (read.value === 'absent') return blocked(nothingToAttachTo(plan, 'sign'));
  const { found, image } = read.value;
  const missing = kinds.filter((kind) => found.get(kind)?.state !== 'proven');
  if (missing.length > 0) {
    const foreign = await findForeign(client, { image, plan, seen }, step.signal);
    if (foreign !== undefined) return blocked(foreign);
  }
  const made = missing.length === 0 ? undefined : signer.signer(step);
  if (made?.problems !== undefined) return blocked(made.problems[0]);
  const pace = createPace(step.signal, ports.sleep === undefined ? {} : { sleep: ports.sleep });
  const attached =
    made === undefined
      ? { problems: new Map<ProofKind, Problem>() }
      : await attachProofs(
          missing,
          { client, plan, built, read: read.value, by: made.value, env: ports.env, pace },
          step,
        );
  const { listed, problems } = attached;
  return settle(coordinate, { missing, problems, read: read.value }, async () =>
    readProofs(client, { expected: image.digest, listed, plan }, signer, step.signal),
  );
}

const NAMES: Readonly<Record<ProofKind, string>> = {
  signature: 'the image',
  provenance: 'its provenance',
  sbom: 'its SBOM',
};

interface Work extends SignedPlan {
  readonly client: RegistryClient;
  readonly read: ReadProofs;
  readonly by: StatementSigner;
  readonly env: NodeJS.ProcessEnv;
  readonly pace: Pace;
}

interface Attached {
  readonly problems: ReadonlyMap<ProofKind, Problem>;
  /** The digests of all referrers of the image, if any was attached. */
  readonly listed?: readonly string[];
}

/** Makes and pushes all proofs at once. Names them together: without the referrers API, one tag names all. */
async function attachProofs(
  kinds: readonly ProofKind[],
  work: Work,
  step: Step,
): Promise<Attached> {
  const { client, pace, plan, read } = work;
  const made = await settleAll(
    kinds.map(async (kind) => {
      step.emit({ publisher: plan.publisher, message: `signing ${NAMES[kind]}` });
      return { kind, proof: await pushProof(kind, work, step) };
    }),
  );
  const problems = new Map<ProofKind, Problem>();
  const pushed: (Referrer & { readonly kind: ProofKind })[] = [];
  for (const { kind, proof } of made)
    if (proof.value === undefined) problems.set(kind, proof.problems[0]);
    else pushed.push({ ...proof.value, kind });
  if (pushed.length === 0) return { problems };
  const named = await nameReferrers(client, read.image.digest, pushed, pace);
  if (named.value !== undefined) return { problems, listed: named.value };
  for (const { kind } of pushed) problems.set(kind, named.problems[0]);
  return { problems };
}

/** Signs, verifies what was signed, and only then pushes it. */
async function pushProof(kind: ProofKind, work: Work, step: Step): Promise<Result<Artifact>> {
  const { built, by, client, env, pace, plan, read } = work;
  const { digest } = read.image;
  const stated = await statementFor(kind, digest, { plan, built }, env);
  if (stated.value === undefined) return stated;
  if (kind === 'sbom' && built?.manifest.digest !== digest)
    step.emit({ publisher: plan.publisher, message: laterBuild(plan), isNote: true });
  const bundle = await by.sign(stated.value, step.signal);
  if (bundle.value === undefined) return failed(withSize(bundle.problems[0], kind, work));
  const question = questionOf(kind, { digest, plan, trusted: read.trusted });
  const { reason, state } = classifyProof(kind, [bundle.value], question);
  if (state !== 'proven') return failed(notAccepted(plan, kind, reason ?? 'it is no bundle'));
  const annotations = annotationsOf(stated.value, plan);
  const attachable = { mediaType: BUNDLE_TYPE, content: bundle.value, annotations };
  const artifact = await storeArtifact(attachable, read.image, step.workspace);
  const unpushed = await pushArtifact(client, artifact, pace);
  return unpushed === undefined ? ok(artifact) : failed(unpushed);
}

function laterBuild({ image, sbom, sha }: GhcrPlan): string {
  return `${image}:${sha} was published by an earlier build of the commit, and gets the SBOM of a later one: ${sbom}.`;
}

/** How large an SBOM the public log refuses is not documented; reports name 3.5 MB. */
const LARGE_SBOM = 1024 * 1024;

/** A log that refuses a large statement does not always say so. */
function withSize(found: Problem, kind: ProofKind, { built, plan }: SignedPlan): Problem {
  const isWhole = kind === 'sbom' && plan.signing?.sigstore.rekorVersion !== 2;
  const size = isWhole ? (built?.sbom?.size ?? 0) : 0;
  if (size < LARGE_SBOM || !/^sigstore-(?:log|cosign)-/.test(found.code)) return found;
  const megabytes = (size / LARGE_SBOM).toFixed(1);
  const hint = `The SBOM has ${megabytes} MiB, and a transparency log of version 1 is sent all of it. The public log refuses large ones: leave out files and development dependencies; use a log of version 2 (sigstore.rekorVersion), which is sent a digest; or sign with a key and log: false.`;
  return { ...found, hint: found.hint === undefined ? hint : `${hint} ${found.hint}` };
}

interface Done {
  readonly missing: readonly ProofKind[];
  readonly problems: ReadonlyMap<ProofKind, Problem>;
  readonly read: ReadProofs;
}

/** Only what the registry shows, and what holds, counts as signed. */
async function settle(
  coordinate: Coordinate,
  { missing, problems, read }: Done,
  readAgain: () => ReturnType<typeof readProofs>,
): Promise<readonly Signed[]> {
  const hasWritten = missing.length > problems.size;
  const again = hasWritten ? await readAgain() : undefined;
  const shown = again?.value === 'absent' ? undefined : again?.value;
  return [...read.found.keys()].map((kind): Signed => {
    const about = { coordinate, kind, digest: read.image.digest };
    const known = problems.get(kind);
    if (known !== undefined)
      return { ...about, outcome: 'blocked', problem: hasWritten ? afterWriting(known) : known };
    const isNew = missing.includes(kind);
    const { signer, sha, state } = (isNew ? shown : read)?.found.get(kind) ?? {};
    const facts = present({ signer, sha });
    if (!isNew) return { ...about, outcome: 'already-signed', ...facts };
    if (state === 'proven' && shown?.image.digest === read.image.digest)
      return { ...about, outcome: 'signed', ...facts };
    const problem = afterWriting(again?.problems?.[0] ?? notShown(coordinate, kind));
    return { ...about, outcome: 'blocked', problem };
  });
}

function present(facts: {
  signer?: string | undefined;
  sha?: string | undefined;
}): Partial<Signed> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function notAccepted(plan: GhcrPlan, kind: ProofKind, reason: string): Problem {
  const coordinate = `oci:${plan.image}:${plan.sha}`;
  return problem({
    code: 'ghcr-signature-not-accepted',
    kind: 'incomplete',
    message: `The ${PROOF_NAMES[kind]} that this run made for ${coordinate} would not be accepted: ${reason}. It was not attached.`,
    hint: 'The signer must be the one that the release definition names: `identity`, or sign.publicKey; and the trusted root must be of the same Sigstore.',
    coordinate,
    rerun: 'after-fix',
    reason,
  });
}

function notShown(of: Coordinate, kind: ProofKind): Problem {
  const coordinate = formatCoordinate(of);
  return problem({
    code: 'ghcr-signature-not-shown',
    kind: 'unknown',
    message: `The ${PROOF_NAMES[kind]} of ${coordinate} was attached, but the registry does not show it.`,
    hint: 'Run the same command again: it reads the registry first.',
    coordinate,
  });
}
