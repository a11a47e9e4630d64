import { httpProblem, inParallel } from '@ameide/publisher-kit';
import { classifyProof, sourceCommitOf, type Trusted } from '@ameide/publisher-kit/sigstore';
import { isObject } from '@ameide/source-files/json';
import {
  type Coordinate,
  failed,
  ok,
  type Problem,
  type Proof,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from '../manifest/name.ts';
import type { Target } from '../options.ts';
import type { NpmPlan } from '../plan.ts';
import { malformed } from '../problems.ts';
import { createClient, jsonObject, NOT_SERVED } from '../registry/client.ts';
import { downloadTarball, isThatTarball } from '../registry/packed-version.ts';
import { isOwn, readVersion } from '../registry/read-version.ts';
import { signerOf } from './signer.ts';
import { packageUrl, statementDigest } from './subject.ts';

/** Returns, for each version of a plan, whether it carries a valid provenance of the tarball that the registry serves. */
export async function packageProofs(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly Proof[]> {
  const trusted = await signerOf(target, plan).trusted();
  return inParallel(plan.coordinates, async (coordinate) => {
    const of = { coordinate, kind: 'provenance' } as const;
    if (trusted.value === undefined)
      return { ...of, state: 'unknown', problem: trusted.problems[0] };
    try {
      return await proofOf(target, plan, { coordinate, trusted: trusted.value }, step.signal);
    } catch (error) {
      step.signal.throwIfAborted();
      return { ...of, state: 'unknown', problem: unread(coordinate, { error }) };
    }
  });
}

interface Question {
  readonly coordinate: Coordinate;
  readonly trusted: Trusted;
}

async function proofOf(
  target: Target,
  plan: NpmPlan,
  { coordinate, trusted }: Question,
  signal: AbortSignal,
): Promise<Proof> {
  const of = { coordinate, kind: 'provenance' } as const;
  const unknown = (found: Problem): Proof => ({ ...of, state: 'unknown', problem: found });
  const version = await readVersion(target, coordinate, signal);
  if (version.value === undefined) return unknown(version.problems[0]);
  if (version.value === 'absent') return { ...of, state: 'missing' };
  // The bytes that clients install, whatever the document says of them.
  const [tarball, bundles] = await Promise.all([
    downloadTarball(target, coordinate, version.value, signal),
    readBundles(target, coordinate, signal),
  ]);
  if (tarball.value === undefined) return unknown(tarball.problems[0]);
  if (bundles.value === undefined) return unknown(bundles.problems[0]);
  const { digest } = tarball.value;
  // npm's clients refuse such a tarball, and everything else compares the digest in the document.
  if (!isThatTarball(version.value, tarball.value))
    return { ...of, digest, state: 'wrong', problem: wrong(coordinate, OTHER_BYTES) };
  const { reason, ...classified } = classifyProof('provenance', bundles.value, {
    digest: statementDigest(digest),
    name: packageUrl(coordinate),
    from: sourceCommitOf(plan),
    trusted,
  });
  const proof: Proof = { ...of, digest, ...classified };
  if (proof.state === 'missing') return { ...proof, problem: missing(coordinate) };
  return reason === undefined ? proof : { ...proof, problem: wrong(coordinate, reason) };
}

const OTHER_BYTES = 'the registry serves a tarball with another digest than its own document gives';

/** Reads the bundles that the registry keeps with a version. There are none if it has no page for them. */
async function readBundles(
  target: Target,
  coordinate: Coordinate,
  signal: AbortSignal,
): Promise<Result<readonly Uint8Array[]>> {
  const { name, version } = coordinate;
  const response = await createClient(target, signal).attestations(name, version);
  if (NOT_SERVED.has(response.status) || !isOwn(response, target)) return ok([]);
  if (response.status !== 200) return failed(unread(coordinate, { response }));
  const attestations = jsonObject(response)?.['attestations'];
  if (!Array.isArray(attestations))
    return failed(malformed(`read ${what(coordinate)}`, 'the answer has no list of attestations'));
  return ok(
    attestations.flatMap((one: unknown) => {
      const bundle = isObject(one) ? one['bundle'] : undefined;
      return isObject(bundle) ? [Buffer.from(JSON.stringify(bundle))] : [];
    }),
  );
}

function what(coordinate: Coordinate): string {
  return `the attestations of ${formatNpm(coordinate)}`;
}

function unread(
  coordinate: Coordinate,
  answer: Pick<Parameters<typeof httpProblem>[0], 'error' | 'response'>,
): Problem {
  const reference = formatNpm(coordinate);
  const about = { code: 'npm', what: `read ${what(coordinate)}`, coordinate: reference };
  return httpProblem({ ...about, effect: 'none', ...answer });
}

function wrong(coordinate: Coordinate, reason: string): Problem {
  const reference = formatNpm(coordinate);
  return problem({
    code: 'npm-wrong-provenance',
    kind: 'conflict',
    message: `The provenance of ${reference} is not valid: ${reason}.`,
    hint: 'Check that `identity` in the release definition and the trusted root are right. If they are, find out who published this version. A published version never changes: raise the base version.',
    coordinate: reference,
    reason,
  });
}

function missing(coordinate: Coordinate): Problem {
  const reference = formatNpm(coordinate);
  return problem({
    code: 'npm-no-provenance',
    kind: 'incomplete',
    message: `${reference} has no provenance.`,
    hint: 'A provenance comes only with the upload, and a published version never changes: the next version can have one.',
    coordinate: reference,
    rerun: 'never',
  });
}
