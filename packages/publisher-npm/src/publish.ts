import { readFile } from 'node:fs/promises';
import { httpProblem, retryAfterMs, type Secret, sha512Integrity } from '@ameide/publisher-kit';
import type { Coordinate, Finding, Problem, Published, Step } from '@ameide/versioning-core';
import { noToken } from './check.ts';
import { formatNpm, inspectVersion } from './inspect.ts';
import type { Target } from './options.ts';
import { versionMetadata } from './pack/metadata.ts';
import type { NpmBuilt, NpmPlan } from './plan.ts';
import { type Upload, type UploadAnswer, upload } from './registry/upload.ts';

const ATTEMPTS = 3;
const LONGEST_WAIT_MS = 60_000;

/**
 * Uploads the tarball unless the version is there. After every doubtful answer the registry is read
 * and the digests compared.
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
  const read = async (): Promise<Finding> =>
    inspectVersion(target, coordinate, { sha: plan.sha, digest: artifact.digest }, step.signal);

  const before = await read();
  if (before.state !== 'absent') return settle(before, 'already-there');
  const token = target.token();
  if (token === undefined) return failed(coordinate, 'incomplete', noToken(plan));
  const tarball = await readFile(built.tarball);
  if (sha512Integrity(tarball) !== artifact.digest)
    return failed(coordinate, 'incomplete', changedTarball(coordinate, built.tarball));
  return send(
    target,
    await makeUpload(target, plan, token, tarball),
    coordinate,
    artifact.digest,
    read,
    step,
  );
}

async function makeUpload(
  target: Target,
  plan: NpmPlan,
  token: Secret,
  tarball: Uint8Array,
): Promise<Upload> {
  const manifest = await versionMetadata(tarball);
  return {
    registry: target.registry,
    token,
    manifest,
    tarball,
    ...(plan.access === undefined ? {} : { access: plan.access }),
  };
}

/**
 * npm takes a version once, so sending it again cannot overwrite; only the reading afterwards tells
 * what an answer meant.
 */
async function send(
  target: Target,
  request: Upload,
  coordinate: Coordinate,
  digest: string,
  read: () => Promise<Finding>,
  step: Step,
): Promise<Published> {
  let [doubtful, wasUnavailable] = [false, false];
  for (let attempt = 1; ; attempt++) {
    const answer = await upload(request, step.signal);
    if (answer.kind === 'accepted') return { coordinate, outcome: 'published', digest };
    const found = await read();
    if (found.state === 'unknown')
      return failed(coordinate, 'unknown', unconfirmed(coordinate, found));
    if (found.state !== 'absent') return settle(found, 'published');
    doubtful ||= mayHaveLanded(answer) || (wasUnavailable && isRefusal(answer));
    wasUnavailable ||= answer.kind === 'answered' && answer.status === 503;
    const wait = waitMs(answer, attempt);
    if (!isPassing(answer) || attempt >= ATTEMPTS || wait > LONGEST_WAIT_MS)
      return absentAfter(answer, coordinate, doubtful);
    await target.sleep(wait, step.signal);
  }
}

/**
 * What is there now, as an outcome; `ours` is the one for the bytes we built. An unreadable
 * registry was not written to.
 */
function settle(found: Finding, ours: 'published' | 'already-there'): Published {
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

/**
 * Whether another attempt may fare better. 409 too: npmjs answers it when two writes to one package
 * meet.
 */
function isPassing(answer: UploadAnswer): boolean {
  return (
    answer.kind !== 'answered' ||
    answer.status >= 500 ||
    [408, 409, 425, 429].includes(answer.status)
  );
}

/**
 * A gateway's or a silent answer says nothing of what happened behind it; 409 has been seen for a
 * version that landed (npm/cli#7376), and npmjs refuses a version that it has taken and does not
 * show yet with this 403 (npm/npm#20857). Its words make doubt, never a success.
 */
function mayHaveLanded(answer: UploadAnswer): boolean {
  if (answer.kind !== 'answered') return answer.kind === 'silent';
  return (
    [408, 409, 500, 502, 504].includes(answer.status) ||
    (answer.status === 403 && /previously published/i.test(answer.text))
  );
}

/**
 * What a registry answers, in whatever words, when an upload that it answered with 503 has landed.
 */
function isRefusal(answer: UploadAnswer): boolean {
  return answer.kind === 'answered' && [403, 409].includes(answer.status);
}

function waitMs(answer: UploadAnswer, attempt: number): number {
  const asked =
    answer.kind === 'answered' ? retryAfterMs(answer.retryAfter, Date.now()) : undefined;
  return Math.max(500 * 2 ** (attempt - 1), asked ?? 0);
}

/**
 * The registry does not show the version: that it never will is certain only when no attempt was
 * doubtful (a 404 can be a cache's).
 */
function absentAfter(answer: UploadAnswer, coordinate: Coordinate, doubtful: boolean): Published {
  const problem = uploadProblem(answer, coordinate);
  return doubtful
    ? failed(coordinate, 'unknown', notShown(coordinate, problem))
    : failed(coordinate, 'incomplete', problem);
}

function uploadProblem(answer: UploadAnswer, coordinate: Coordinate): Problem {
  const reference = formatNpm(coordinate);
  const what = `publish ${reference}`;
  if (answer.kind === 'answered') {
    // npmjs hides a package from a token without rights: for a write, its 404 means forbidden.
    const status = answer.status === 404 ? 403 : answer.status;
    const headers = new Headers(
      answer.retryAfter === undefined ? {} : { 'retry-after': answer.retryAfter },
    );
    const problem = httpProblem({
      code: 'npm',
      what,
      response: { status, headers },
      detail: answer.text,
      coordinate: reference,
      effect: 'none',
    });
    const hint = HINTS.get(status);
    return hint === undefined ? problem : { ...problem, hint };
  }
  return {
    code: answer.kind === 'refused' ? 'npm-unreachable' : 'npm-network',
    message: `Could not ${what}: there was no answer${answer.kind === 'accepted' ? '' : ` (${answer.reason})`}.`,
    hint: 'Check the address, the network and the proxy settings, then run the same command again.',
    coordinate: reference,
    kind: 'incomplete',
    effect: 'none',
    rerun: 'safe',
  };
}

const HINTS: ReadonlyMap<number, string> = new Map([
  // npmjs takes a new scoped package for a private one unless told otherwise, and private ones are
  // paid for.
  [402, "Set the option access to 'public', unless the package is to be private."],
  [
    403,
    'The token must be allowed to publish this package, without a one-time password. A version that was unpublished can never be used again.',
  ],
]);

const AGAIN_HINT =
  'Run the same command again, in a while: what has landed is recognised by its digest, and is not sent twice. A version that is refused and never shown was unpublished: it can never be used again.';

function unconfirmed(coordinate: Coordinate, found: Finding): Problem {
  const message = `${formatNpm(coordinate)} was sent, the answer was doubtful, and the registry cannot be read to see whether it landed.`;
  return outcomeUnknown(coordinate, message, found.problem);
}

function notShown(coordinate: Coordinate, last: Problem): Problem {
  return outcomeUnknown(
    coordinate,
    `${last.message} The registry does not show the version, but it may have landed.`,
    last,
  );
}

function outcomeUnknown(
  coordinate: Coordinate,
  message: string,
  cause: Problem | undefined,
): Problem {
  const reference = formatNpm(coordinate);
  const about = {
    code: 'npm-outcome-unknown',
    message,
    hint: AGAIN_HINT,
    coordinate: reference,
  } as const;
  return {
    ...about,
    kind: 'unknown',
    effect: 'unknown',
    rerun: 'safe',
    ...(cause === undefined ? {} : { cause }),
  };
}

function changedTarball(coordinate: Coordinate, path: string): Problem {
  return {
    code: 'npm-tarball-changed',
    message: `The tarball ${path} is not the one that was built for ${formatNpm(coordinate)}.`,
    hint: 'Something wrote to the workspace during the run: find out what, then run again.',
    coordinate: formatNpm(coordinate),
    kind: 'incomplete',
    effect: 'none',
    rerun: 'after-fix',
  };
}

function failed(
  coordinate: Coordinate,
  outcome: 'incomplete' | 'unknown',
  problem: Problem,
): Published {
  return { coordinate, outcome, problem };
}
