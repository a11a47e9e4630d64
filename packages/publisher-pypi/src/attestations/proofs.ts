import { cleanText, inParallel, settleAll } from '@ameide/publisher-kit';
import {
  type ClassifiedProof,
  classifyProof,
  sourceCommitOf,
  type Trusted,
} from '@ameide/publisher-kit/sigstore';
import {
  type Coordinate,
  failed,
  formatCoordinate,
  ok,
  type Problem,
  type Proof,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { FILES_AT_ONCE } from '../inspect.ts';
import type { PypiPlan } from '../plan.ts';
import type { PypiSettings } from '../settings.ts';
import { createIndexReader, type IndexReader } from '../simple-api/index-reader.ts';
import { type ListedFile } from '../simple-api/list-files.ts';
import { bundlesIn } from './pep740.ts';
import { signerOf } from './signer.ts';

/**
 * Returns, for each version of a plan, whether the files that the index serves carry valid attestations. A version is
 * proven only if every file of it is.
 */
export async function fileProofs(
  plan: PypiPlan,
  settings: PypiSettings,
  step: Step,
): Promise<readonly Proof[]> {
  const trusted = await signerOf(settings, plan).trusted();
  const reader = createIndexReader(settings, step.signal);
  return inParallel(plan.coordinates, async (coordinate) => {
    if (trusted.value === undefined) return unknown(coordinate, trusted.problems[0]);
    const listed = await reader.attested(coordinate);
    if (listed.value === undefined) return unknown(coordinate, listed.problems[0]);
    const read = await inParallel(
      listed.value,
      async (file) => classifyFile({ coordinate, file, plan, reader, trusted: trusted.value }),
      FILES_AT_ONCE,
    );
    return versionProof(coordinate, read);
  });
}

interface Question {
  readonly coordinate: Coordinate;
  readonly file: ListedFile;
  readonly plan: PypiPlan;
  readonly reader: IndexReader;
  readonly trusted: Trusted;
}

interface ClassifiedFile extends ClassifiedProof {
  readonly name: string;
  /** Of the bytes that the index serves: `sha256:<hex>`. */
  readonly digest: string;
}

async function classifyFile(question: Question): Promise<Result<ClassifiedFile>> {
  const { coordinate, file, plan, reader, trusted } = question;
  const { name } = file;
  const [served, provenance] = await settleAll([
    reader.served(coordinate, file),
    reader.provenance(coordinate, file),
  ]);
  if (served.value === undefined) return failed(...served.problems);
  const digest = `sha256:${served.value}`;
  if (file.sha256 !== undefined && file.sha256 !== served.value)
    return ok({ name, digest, state: 'wrong', reason: OTHER_BYTES });
  if (provenance.problems !== undefined) return failed(...provenance.problems);
  const from = sourceCommitOf(plan);
  const bundles = bundlesIn(provenance.value);
  return ok({
    name,
    digest,
    ...classifyProof('provenance', bundles, { digest, name, from, trusted }),
  });
}

const OTHER_BYTES = 'the index serves bytes with another digest than its own page gives';

/** The worst file decides. */
function versionProof(coordinate: Coordinate, read: readonly Result<ClassifiedFile>[]): Proof {
  const unread = read.find((one) => one.problems !== undefined);
  const files = read.flatMap(({ value }) => (value === undefined ? [] : [value]));
  // As in findings: a version has one sdist, and its digest stands for the version.
  const digest = files.find(({ name }) => name.endsWith('.tar.gz'))?.digest;
  const of = {
    coordinate,
    kind: 'provenance',
    ...(digest === undefined ? {} : { digest }),
  } as const;
  const wrong = files.find(({ state }) => state === 'wrong');
  if (wrong !== undefined) return { ...of, state: 'wrong', problem: wrongFile(coordinate, wrong) };
  if (unread?.problems !== undefined)
    return { ...of, state: 'unknown', problem: unread.problems[0] };
  const [first] = files;
  const missing = files.find(({ state }) => state === 'missing');
  if (first === undefined || missing !== undefined)
    return {
      ...of,
      state: 'missing',
      ...(missing === undefined ? {} : { problem: missingFile(coordinate, missing.name) }),
    };
  // A stopped run may have signed one file, and a run for another commit the rest: report that one.
  const shown = files.find(({ runSha }) => runSha !== undefined) ?? first;
  const { digest: _digest, name: _name, ...classified } = shown;
  return { ...of, ...classified };
}

function unknown(coordinate: Coordinate, found: Problem): Proof {
  return { coordinate, kind: 'provenance', state: 'unknown', problem: found };
}

function wrongFile(coordinate: Coordinate, { name, reason = '' }: ClassifiedFile): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: 'pypi-wrong-attestation',
    kind: 'conflict',
    message: `The attestation of ${cleanText(name)} in ${reference} is not valid: ${reason}.`,
    hint: 'Check that `identity` in the release definition and the trusted root are right. If they are, find out who published the file. An index never replaces a file: raise the base version.',
    coordinate: reference,
    reason,
  });
}

function missingFile(coordinate: Coordinate, name: string): Problem {
  const reference = formatCoordinate(coordinate);
  return problem({
    code: 'pypi-no-attestation',
    kind: 'incomplete',
    message: `${cleanText(name)} in ${reference} has no attestation.`,
    hint: 'Attestations come only with the upload, and an index never replaces a file: the next version can have them.',
    coordinate: reference,
    rerun: 'never',
  });
}
