import {
  createPace,
  httpProblem,
  type MovingPointer,
  movePointer,
  type PointerRead,
} from '@ameide/publisher-kit';
import { isObject, type JsonObject } from '@ameide/source-files/json';
import {
  type Deprecation,
  failed,
  ok,
  type Problem,
  problem,
  type RequestedDeprecation,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { malformed } from './problems.ts';
import { answerOf } from './promote.ts';
import { createClient, jsonObject, type RegistryClient } from './registry/client.ts';
import { isOwn } from './registry/read-version.ts';
import { deprecationOf } from './registry/version-document.ts';
import { needsToken } from './trusted/problems.ts';

/**
 * Sets the message of one version as `npm deprecate` does: the registry's packument, sent back with
 * that one field changed. Protected like a pointer: the packument is read again right before it is
 * sent, and the message counts once a read shows it (GitLab sets it some time after its answer).
 */
export async function deprecateVersion(
  target: Target,
  plan: NpmPlan,
  request: RequestedDeprecation,
  step: Step,
): Promise<Deprecation> {
  const { coordinate } = request;
  if (target.token() === undefined)
    return {
      coordinate,
      outcome: 'blocked',
      problem: needsToken(target, plan, 'deprecate a version'),
    };
  const pace = createPace(step.signal, { sleep: target.sleep });
  const moved = await movePointer(messageOf(target, request, step), pace);
  const { from, outcome, problem: reason } = moved;
  return {
    coordinate,
    outcome: outcome === 'moved' ? 'changed' : outcome === 'already' ? 'already' : 'blocked',
    ...(from === undefined ? {} : { from }),
    ...(reason === undefined ? {} : { problem: reason }),
  };
}

/**
 * Returns the messages of the versions as what `movePointer` moves, that of `coordinate` first; each is empty if
 * its version is not deprecated.
 */
function messageOf(
  target: Target,
  request: RequestedDeprecation,
  step: Step,
): MovingPointer<readonly string[]> {
  const { coordinate, message, otherVersions = [] } = request;
  const { name } = coordinate;
  const wanted = [coordinate.version, ...otherVersions];
  const others = otherVersions.length === 0 ? '' : ` and ${otherVersions.length} other versions`;
  const reference = `${formatNpm(coordinate)}${others}`;
  const isSet = (current: readonly string[] | undefined): boolean =>
    current?.every((one) => one === message) === true;
  const what = `${message === '' ? 'take back the deprecation of' : 'deprecate'} ${reference}`;
  const client = createClient(target, step.signal);
  let packument: Packument | undefined;
  return {
    async read(): Promise<PointerRead<readonly string[]>> {
      const { problems, value } = await readPackument(target, client, request, step);
      if (value === undefined) return { problem: problems[0] };
      packument = value;
      return { current: wanted.map((one) => deprecationOf(value.versions[one])) };
    },
    key: (current) => JSON.stringify(current),
    isSet,
    decide: async (current) => ({
      outcome: isSet(current) ? 'already' : 'move',
      from: current?.[0],
    }),
    async send() {
      const body = { ...packument, versions: changed(packument?.versions, wanted, message) };
      return answerOf(step, what, () => client.putPackument(name, body, 'deprecate'), {
        // npmjs has answered 422 for a deprecation that it stored (npm/cli#9795).
        exceptions: { 422: { state: 'doubtful' } },
        notServed: NO_DEPRECATIONS_HINT,
      });
    },
    unconfirmed: (_why, cause) => unconfirmed(what, reference, cause),
    contended: () => contended(reference),
  };
}

type Versions = Readonly<Record<string, JsonObject>>;

interface Packument extends JsonObject {
  readonly versions: Versions;
}

/**
 * The versions with the message in those that are wanted. A deprecation that is not text (`false`) is left out,
 * because npmjs refuses it: "deprecations must be strings" (npm/cli#9803).
 */
function changed(versions: Versions = {}, wanted: readonly string[], message: string): Versions {
  const isWanted = new Set(wanted);
  return Object.fromEntries(
    Object.entries(versions).map(([one, { deprecated, ...document }]) => {
      const text = isWanted.has(one) ? message : deprecated;
      return [one, typeof text === 'string' ? { ...document, deprecated: text } : document];
    }),
  );
}

async function readPackument(
  target: Target,
  client: RegistryClient,
  { coordinate, otherVersions = [] }: RequestedDeprecation,
  step: Step,
): Promise<Result<Packument>> {
  const reference = formatNpm(coordinate);
  const what = `read ${reference}`;
  const about = { code: 'npm', what, coordinate: reference, effect: 'none' } as const;
  try {
    const response = await client.wholePackument(coordinate.name, '?write=true');
    if (response.status === 404 || !isOwn(response, target)) return failed(notThere(reference));
    if (response.status !== 200) return failed(httpProblem({ ...about, response }));
    const body = jsonObject(response);
    if (!isPackument(body))
      return failed(malformed(what, 'the answer is not a packument', reference));
    const absent = [coordinate.version, ...otherVersions].find(
      (version) => !Object.hasOwn(body.versions, version),
    );
    return absent === undefined
      ? ok(body)
      : failed(notThere(formatNpm({ ...coordinate, version: absent })));
  } catch (error) {
    step.signal.throwIfAborted();
    return failed(httpProblem({ ...about, error }));
  }
}

function isPackument(body: unknown): body is Packument {
  if (!isObject(body) || !isObject(body['versions'])) return false;
  return Object.values(body['versions']).every(isObject);
}

function notThere(coordinate: string): Problem {
  return problem({
    code: 'npm-version-absent',
    kind: 'incomplete',
    message: `${coordinate} is not on the registry.`,
    hint: 'Only a published version can be deprecated: ameide-release trace shows which are.',
    coordinate,
    rerun: 'after-fix',
  });
}

/** Gitea answers 400, because there is no tarball in the packument. */
const NO_DEPRECATIONS_HINT =
  'Some registries, such as Gitea, cannot deprecate. Move the dist-tag to another version instead: ameide-release move-pointer.';

function unconfirmed(what: string, coordinate: string, cause: Problem | undefined): Problem {
  return problem({
    code: 'npm-deprecation-unknown',
    kind: 'unknown',
    message: `The request to ${what} was sent, but the registry does not show the message, or cannot be read.`,
    hint: 'Run the same command again in a while: it reads the registry first.',
    coordinate,
    cause,
  });
}

function contended(coordinate: string): Problem {
  return problem({
    code: 'npm-deprecation-contended',
    kind: 'incomplete',
    message: `Somebody else changed the deprecation of ${coordinate} after each of our writes.`,
    hint: 'Agree on the message, then run the same command again.',
    coordinate,
  });
}
