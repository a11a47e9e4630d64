import {
  type Answer,
  createPace,
  errorAnswer,
  HttpError,
  type HttpResponse,
  httpProblem,
  type MovingPointer,
  movePointer,
  type PointerRead,
  type StatusExceptions,
  settleAll,
  statusAnswer,
} from '@ameide/publisher-kit';
import {
  type Pointer,
  type PointerMove,
  type Problem,
  problem,
  type Step,
} from '@ameide/versioning-core';
import { decideTag, findOvertaken, type Promotion, unconfirmed } from './decide-tag.ts';
import { type Target, UPLOAD_TAG } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { malformed } from './problems.ts';
import { createClient, isPage, NOT_SERVED } from './registry/client.ts';
import { readPublishedTags } from './registry/read-tags.ts';
import { createTagWrites, type TagWrites } from './registry/tag-writes.ts';
import { confirmPointers } from './trusted/promote.ts';

/**
 * Moves the plan's dist-tags forwards and removes the upload tag from our version. Writes nothing
 * if all is done. Reads the dist-tags once before the writes and once after them.
 */
export async function promotePointers(
  target: Target,
  plan: NpmPlan,
  step: Step,
): Promise<readonly PointerMove[]> {
  const trust = target.trust();
  if (trust !== undefined) return confirmPointers(target, trust, plan, step);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const promotion: Promotion = { target, plan, step, pace };
  const writes = createTagWrites();
  const moving = plan.pointers.map((pointer) => moveTag(promotion, pointer, writes));
  const upload = uploadTag(promotion);
  const [moves, removed] = await settleAll([
    settleAll(moving.map(async ({ moved }) => moved)),
    movePointer(
      {
        ...upload,
        async send(over) {
          // Last, so that the version always has a dist-tag.
          await Promise.all(moving.map(async ({ written }) => written));
          return writes.next(async () => upload.send(over));
        },
      },
      pace,
    ),
  ]);
  if (removed.outcome !== 'blocked') return moves;
  const pointer: Pointer = {
    ecosystem: 'npm',
    name: plan.name,
    pointer: UPLOAD_TAG,
    version: plan.version,
  };
  return [...moves, { pointer, ...removed }];
}

interface Moving {
  /** Resolves when a write was accepted, or when no write follows. */
  readonly written: Promise<void>;
  readonly moved: Promise<PointerMove>;
}

function moveTag(promotion: Promotion, pointer: Pointer, writes: TagWrites): Moving {
  const { promise: written, resolve } = Promise.withResolvers<void>();
  const tag = distTag(promotion, pointer);
  const send: typeof tag.send = async (over) =>
    writes.next(async () => {
      const answer = await tag.send(over);
      if (answer.state === 'accepted') resolve();
      return answer;
    });
  const moved = movePointer({ ...tag, send }, promotion.pace).finally(resolve);
  return { written, moved: moved.then((move) => ({ pointer, ...move })) };
}

/** A dist-tag that should name the plan's version. */
export function distTag(promotion: Promotion, pointer: Pointer): MovingPointer<string> {
  const { plan, step, target } = promotion;
  const tag = pointer.pointer;
  const what = `move the dist-tag ${tag} of npm:${plan.name}`;
  const client = createClient(target, step.signal);
  return {
    ...common(promotion, tag),
    isShared: true,
    isSet: (version) => version === plan.version,
    decide: async (version) => decideTag(promotion, tag, version),
    overtaken: async () => findOvertaken(promotion, tag),
    send: async () =>
      answerOf(step, what, () => client.setTag(plan.name, tag, plan.version), {
        notServed: NO_TAGS_HINT,
      }),
  };
}

/** lerna/lerna#722 */
const NO_TAGS_HINT =
  'This address accepts no dist-tags. If it combines several repositories (a virtual one of Artifactory, a group of Nexus), set the option registry to the repository that packages are uploaded to.';

/** The dist-tag that each upload gets. If it names another version, it belongs to another run. */
function uploadTag(promotion: Promotion): MovingPointer<string> {
  const { plan, step, target } = promotion;
  const what = `remove the dist-tag ${UPLOAD_TAG} of npm:${plan.name}`;
  const client = createClient(target, step.signal);
  const isGone = (version: string | undefined): boolean => version !== plan.version;
  return {
    ...common(promotion, UPLOAD_TAG),
    isSet: isGone,
    decide: async (version) => ({
      outcome: isGone(version) ? 'already' : 'move',
      from: version,
      hasReadNothing: true,
    }),
    send: async () => answerOf(step, what, () => client.removeTag(plan.name, UPLOAD_TAG)),
  };
}

/** The parts that both dist-tags share: each names a version and is read and reported alike. */
function common(
  { pace, plan, target }: Promotion,
  tag: string,
): Pick<MovingPointer<string>, 'contended' | 'key' | 'read' | 'unconfirmed'> {
  return {
    async read(): Promise<PointerRead<string>> {
      const answer = await readPublishedTags(target, plan, pace);
      return answer.value === undefined
        ? { problem: answer.problems[0] }
        : { current: answer.value.get(tag) };
    },
    key: (version) => version,
    unconfirmed: (why, cause) => unconfirmed(plan, tag, why, cause),
    contended: () => contended(plan, tag),
  };
}

interface AnswerOptions {
  readonly exceptions?: StatusExceptions;
  /** The hint for a registry that does not have this request. */
  readonly notServed?: string;
}

/** Sends one write and classifies its answer. */
export async function answerOf(
  step: Step,
  what: string,
  send: () => Promise<HttpResponse>,
  { exceptions, notServed }: AnswerOptions = {},
): Promise<Answer<Problem>> {
  try {
    const response = await send();
    const reason = (): Problem => {
      const found = httpProblem({ code: 'npm', what, response, effect: 'none' });
      return notServed !== undefined && NOT_SERVED.has(response.status)
        ? { ...found, hint: notServed }
        : found;
    };
    const answer = statusAnswer(response, reason, exceptions);
    if (answer.state !== 'accepted' || !isPage(response)) return answer;
    const page = malformed(what, 'a web page came back instead of an answer');
    return { state: 'denied', again: true, reason: page };
  } catch (error) {
    step.signal.throwIfAborted();
    if (!(error instanceof HttpError)) throw error;
    return errorAnswer(error.kind, httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

function contended({ name }: NpmPlan, tag: string): Problem {
  return problem({
    code: 'npm-tag-contended',
    kind: 'incomplete',
    message: `Another run changed the dist-tag ${tag} of npm:${name} after each of our writes.`,
    hint: 'Wait until the other runs have ended, then run the same command again.',
  });
}
