import { readFile } from 'node:fs/promises';
import {
  type Answer,
  createPace,
  errorAnswer,
  httpProblem,
  outcomeUnknown,
  sha512Integrity,
  statusAnswer,
  write,
} from '@ameide/publisher-kit';
import {
  type Coordinate,
  type Finding,
  ok,
  type Problem,
  type Published,
  problem,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { inspectVersion } from './inspect.ts';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import { versionMetadata } from './pack/metadata.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';
import { loadUploader, type Upload, type UploadAnswer, upload } from './registry/upload.ts';
import { getCredential, type UploadCredential } from './upload-credential.ts';

/**
 * Uploads the tarball unless the version exists. After every doubtful answer, reads the registry
 * and compares the digests.
 */
export async function publishVersion(
  target: Target,
  plan: NpmPlan,
  built: NpmBuilt,
  step: Step,
): Promise<Published> {
  const [coordinate, artifact] = [plan.coordinates[0], built.artifacts[0]];
  if (coordinate === undefined || artifact === undefined)
    throw new TypeError('a plan and a build of one coordinate each are needed');
  const expected = { sha: plan.sha, digest: artifact.digest };
  const read = async (): Promise<Finding> =>
    inspectVersion(target, coordinate, expected, step.signal);

  const asked = inspectVersion(target, coordinate, { ...expected, isNew: true }, step.signal);
  if (plan.signing === undefined) loadUploader();
  const before = await asked;
  if (before.state !== 'absent') return outcomeOf(before, 'already-there');
  const tarball = await readFile(built.tarball);
  if (sha512Integrity(tarball) !== artifact.digest)
    return failed(coordinate, 'incomplete', changedTarball(coordinate, built.tarball));
  const provenance = await makeProvenance(target, plan, artifact.digest, step);
  if (provenance.problems !== undefined)
    return failed(coordinate, 'incomplete', provenance.problems[0]);
  const given = await getCredential(target, plan, step);
  if (given.value === undefined) return failed(coordinate, 'incomplete', given.problems[0]);
  return send(
    target,
    await makeUpload(target, plan, given.value, { tarball, provenance: provenance.value }),
    coordinate,
    artifact.digest,
    read,
    step,
  );
}

/** Loads the Sigstore libraries only for a plan with a provenance. */
async function makeProvenance(
  target: Target,
  plan: NpmPlan,
  digest: string,
  step: Step,
): Promise<Result<Uint8Array | undefined>> {
  if (plan.signing === undefined) return ok(undefined);
  const { attestPackage } = await import('./provenance/index.ts');
  return attestPackage(target, plan, digest, step);
}

interface Content {
  readonly tarball: Uint8Array;
  readonly provenance: Uint8Array | undefined;
}

async function makeUpload(
  target: Target,
  plan: NpmPlan,
  { tag, token }: UploadCredential,
  { provenance, tarball }: Content,
): Promise<Upload> {
  const manifest = await versionMetadata(tarball);
  return {
    registry: target.registry,
    http: target.http,
    ...(provenance === undefined ? {} : { provenance }),
    token,
    tag,
    manifest,
    tarball,
    timeoutMs: target.uploadTimeoutMs,
    ...(plan.access === undefined ? {} : { access: plan.access }),
  };
}

/**
 * Sends the version. npm accepts a version only once, so a repetition cannot overwrite it; the
 * digest on the registry decides what an answer meant.
 */
async function send(
  target: Target,
  request: Upload,
  coordinate: Coordinate,
  digest: string,
  read: () => Promise<Finding>,
  step: Step,
): Promise<Published> {
  const hints = target.trust() === undefined ? HINTS : TRUSTED_HINTS;
  let wasUnavailable = false;
  const written = await write<Finding, Problem>(
    {
      async send() {
        const answer = await upload(request, step.signal).finally(target.answers.forget);
        const classified = classifyAnswer(answer, coordinate, { hints, wasUnavailable });
        wasUnavailable ||= answer.kind === 'answered' && answer.status === 503;
        return classified;
      },
      read,
    },
    createPace(step.signal, { sleep: target.sleep }),
  );
  if (written.state === 'accepted') return { coordinate, outcome: 'published', digest };
  if (written.state === 'found') return outcomeOf(written.seen, 'published');
  const { reason } = written;
  if (written.state === 'not-written') return failed(coordinate, 'incomplete', reason);
  const unknown = outcomeUnknown('npm', reason, written.unread?.problem);
  return failed(coordinate, 'unknown', { ...unknown, hint: `${unknown.hint} ${UNPUBLISHED_HINT}` });
}

/**
 * Returns the outcome for what is on the registry; `ours` is the outcome if it has our bytes. If
 * the registry could not be read, we have not written to it.
 */
function outcomeOf(found: Finding, ours: 'published' | 'already-there'): Published {
  const outcomes = {
    identical: ours,
    'same-source': 'already-there',
    conflict: 'conflict',
    absent: 'incomplete',
    unknown: 'incomplete',
  } as const;
  return {
    coordinate: found.coordinate,
    outcome: outcomes[found.state],
    ...(found.digest === undefined ? {} : { digest: found.digest }),
    ...(found.problem === undefined ? {} : { problem: found.problem }),
  };
}

function classifyAnswer(
  answer: UploadAnswer,
  coordinate: Coordinate,
  { hints, wasUnavailable }: { readonly hints: Hints; readonly wasUnavailable: boolean },
): Answer<Problem> {
  if (answer.kind === 'accepted') return { state: 'accepted' };
  const coordinateText = formatNpm(coordinate);
  if (answer.kind === 'not-sent')
    return errorAnswer(undefined, notPublishable(coordinateText, answer.reason));
  if (answer.kind !== 'answered') return errorAnswer(answer.kind, noAnswer(coordinateText, answer));
  const { text, retryAfter, status } = answer;
  const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
  // npmjs hides a package from a token without rights, so its 404 to a write means forbidden.
  const response = { status: status === 404 ? 403 : status, headers };
  const reason = (): Problem => refusal(coordinateText, response, text, hints);
  // npmjs may answer 403 for a version that it stored but does not show yet (npm/npm#20857). Such a
  // 403 is doubtful if it has these words, or if an earlier attempt got a 503; it is never a
  // success. Any other status, also 409, means what the kit's table says (http/status.ts).
  const isTaken = wasUnavailable || /previously published/i.test(text);
  return statusAnswer(response, reason, { 403: { state: isTaken ? 'doubtful' : 'denied' } });
}

function refusal(
  coordinate: string,
  response: { readonly status: number; readonly headers: Headers },
  detail: string,
  hints: Hints,
): Problem {
  const what = `publish ${coordinate}`;
  const found = httpProblem({ code: 'npm', what, response, detail, coordinate, effect: 'none' });
  const hint = hints.get(response.status);
  return hint === undefined ? found : { ...found, hint };
}

function noAnswer(
  coordinate: string,
  { kind, reason }: { readonly kind: 'refused' | 'network'; readonly reason: string },
): Problem {
  return problem({
    code: kind === 'refused' ? 'npm-unreachable' : 'npm-network',
    kind: 'incomplete',
    message: `Could not publish ${coordinate}: there was no answer (${reason}).`,
    hint: 'Check the address, the network and the proxy settings, then run the same command again.',
    reason: `there was no answer (${reason})`,
    coordinate,
  });
}

/** npm's own library refuses to send it, for a reason that `plan` did not find. */
function notPublishable(coordinate: string, reason: string): Problem {
  return problem({
    code: 'npm-not-publishable',
    kind: 'incomplete',
    message: `Could not publish ${coordinate}: npm refuses its package.json (${reason}).`,
    hint: 'Correct the package.json.',
    reason,
    coordinate,
    rerun: 'after-fix',
  });
}

/** A hint for each status. */
type Hints = ReadonlyMap<number, string>;

const HINTS: Hints = new Map([
  // npmjs makes a new scoped package private unless the upload says otherwise, and private packages
  // cost money.
  [402, "Set the option access to 'public', unless the package is to be private."],
  [
    403,
    'The token must be allowed to publish this package, without a one-time password. A version that was unpublished can never be used again.',
  ],
  [405, 'Check the option registry: no npm registry takes packages at this address.'],
]);

const TRUSTED_HINTS: Hints = new Map([
  ...HINTS,
  [401, 'The token that the registry gave to this job has expired, or was revoked: run again.'],
  [
    403,
    'Allow `npm publish` in the settings of the package’s trusted publisher: new ones may only stage versions, which a person approves. A version that was unpublished can never be used again.',
  ],
]);

const UNPUBLISHED_HINT =
  'If the registry keeps refusing the version and never shows it, somebody unpublished it. That version can never be published again.';

function changedTarball(coordinate: Coordinate, path: string): Problem {
  return problem({
    code: 'npm-tarball-changed',
    kind: 'incomplete',
    message: `The tarball ${path} is not the one that was built for ${formatNpm(coordinate)}.`,
    hint: 'Another program changed a file in the temporary folder of this run: find out which, then run again.',
    coordinate: formatNpm(coordinate),
    rerun: 'after-fix',
  });
}

function failed(
  coordinate: Coordinate,
  outcome: 'incomplete' | 'unknown',
  problem: Problem,
): Published {
  return { coordinate, outcome, problem };
}
