import { type Answer, createPace, httpProblem, type Pace, write } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  InvalidInputError,
  ok,
  type Problem,
  parseNpmVersion,
  problem,
  type Removed,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { noToken } from './problems.ts';
import { answerOf } from './promote.ts';
import { createClient, type RegistryClient } from './registry/client.ts';
import { type RevisedPackument, readRevisedPackument } from './registry/packument.ts';

/**
 * Unpublishes dev builds one after another, as `npm unpublish` does: sends the packument without the
 * version, then deletes the tarball. Keeps a version that a dist-tag names, and the only
 * version of a package: without it, the package itself would be gone.
 */
export async function removeVersions(
  target: Target,
  plan: NpmPlan,
  coordinates: readonly Coordinate[],
  step: Step,
): Promise<readonly Removed[]> {
  for (const coordinate of coordinates) checkDevBuild(coordinate, plan);
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const removed: Removed[] = [];
  // The first problem stops the others: it is the token, the network, or what the registry supports.
  let stopped: Problem | undefined;
  for (const coordinate of coordinates) {
    step.signal.throwIfAborted();
    const token = target.token();
    stopped ??= token === undefined ? noToken(target, plan) : undefined;
    const one =
      stopped === undefined
        ? await removeVersion({ client, coordinate, pace, step, target })
        : incomplete(coordinate, stopped);
    stopped ??= one.problem;
    removed.push(one);
  }
  return removed;
}

/** Throws `InvalidInputError` for anything but a dev build of this package. */
function checkDevBuild({ ecosystem, name, version }: Coordinate, plan: NpmPlan): void {
  const isOwn = ecosystem === 'npm' && name === plan.name;
  if (isOwn && parseNpmVersion(version)?.channel === 'dev') return;
  throw new InvalidInputError({
    field: 'coordinates',
    received: `${ecosystem}:${name}@${version}`,
    expected: `a dev build of npm:${plan.name}, for example 0.1.0-dev.20251113153211`,
    hint: 'Releases are never removed: deprecate a bad one.',
  });
}

interface Removal {
  readonly client: RegistryClient;
  readonly coordinate: Coordinate;
  readonly pace: Pace;
  readonly step: Step;
  readonly target: Target;
}

async function removeVersion(removal: Removal): Promise<Removed> {
  const { coordinate } = removal;
  const first = await readRevisedPackument(removal);
  if (first.value === undefined) return incomplete(coordinate, first.problems[0]);
  const before = first.value;
  const wasThere = before !== 'absent' && Object.hasOwn(before.versions, coordinate.version);
  if (before === 'absent') return { coordinate, outcome: 'gone' };
  if (!wasThere) return removeLeftTarball(removal, before);
  const reason = whyKept(before, coordinate.version);
  if (reason !== undefined) return { coordinate, outcome: 'kept', reason };
  const unlisted = await unlist(removal, before);
  if (unlisted.packument === undefined) return unlisted.ended;
  const tarball = before.tarballs.get(coordinate.version) ?? '';
  return deleteTarball(removal, unlisted.packument, tarball, 'removed');
}

function whyKept({ tags, versions }: RevisedPackument, version: string): string | undefined {
  const tag = [...tags].find(([, named]) => named === version)?.[0];
  if (tag !== undefined) return `the dist-tag ${tag} names it`;
  return Object.keys(versions).length === 1
    ? 'it is the only version: without it the package would be gone'
    : undefined;
}

type Unlisted =
  | { readonly packument: RevisedPackument | 'absent'; readonly ended?: never }
  | { readonly ended: Removed; readonly packument?: never };

type Seen =
  | { readonly state: 'identical'; readonly packument: RevisedPackument | 'absent' }
  | { readonly state: 'absent' }
  | { readonly state: 'conflict'; readonly reason: string }
  | { readonly state: 'unknown'; readonly problem: Problem };

/** Sends the packument without the version, until the registry shows that the version is gone. */
async function unlist(removal: Removal, before: RevisedPackument): Promise<Unlisted> {
  const { client, coordinate, pace, step } = removal;
  const { name, version } = coordinate;
  const what = `unpublish ${formatNpm(coordinate)}`;
  let current = before;
  const read = async (): Promise<Seen> => {
    const { problems, value } = await readRevisedPackument(removal);
    if (value === undefined) return { state: 'unknown', problem: problems[0] };
    if (value === 'absent' || !Object.hasOwn(value.versions, version))
      return { state: 'identical', packument: value };
    // Another client has written meanwhile: the next attempt starts from the new packument.
    current = value;
    const reason = whyKept(value, version);
    return reason === undefined ? { state: 'absent' } : { state: 'conflict', reason };
  };
  const send = async (): Promise<Answer<Problem>> =>
    answerOf(step, what, () => client.putRevision(name, current.without(version), current.rev), {
      notServed: NOT_SERVED_HINT,
    });
  const written = await write<Seen, Problem>({ send, read }, pace);
  if (written.state === 'not-written') return { ended: incomplete(coordinate, written.reason) };
  if (written.state === 'unknown') return { ended: unknown(coordinate, written.reason) };
  const seen = written.state === 'found' ? written.seen : await readUntilGone(read, pace);
  if (seen.state === 'identical') return { packument: seen.packument };
  if (seen.state === 'conflict')
    return { ended: { coordinate, outcome: 'kept', reason: seen.reason } };
  return { ended: unknown(coordinate, seen.state === 'unknown' ? seen.problem : undefined) };
}

const READS = 3;

/** Waits for the write to show: a registry may show only later what it has accepted. */
async function readUntilGone(read: () => Promise<Seen>, pace: Pace): Promise<Seen> {
  for (let attempt = 1; ; attempt += 1) {
    const seen = await read();
    if (seen.state !== 'absent' || attempt === READS || !(await pace.pause(attempt))) return seen;
  }
}

/** Deletes the tarball that a run left behind when it was stopped between its two writes. */
async function removeLeftTarball(removal: Removal, packument: RevisedPackument): Promise<Removed> {
  const { client, coordinate } = removal;
  const path = packument.pathLike(coordinate);
  const there = await headOf(removal, () => client.headTarball(path));
  if (there.value === undefined) return incomplete(coordinate, there.problems[0]);
  if (!there.value) return { coordinate, outcome: 'gone' };
  return deleteTarball(removal, packument, path, 'gone');
}

async function headOf(
  { coordinate, step }: Removal,
  head: () => ReturnType<RegistryClient['headTarball']>,
): Promise<Result<boolean>> {
  try {
    return ok((await head()).status === 200);
  } catch (error) {
    step.signal.throwIfAborted();
    const what = `look for the tarball of ${formatNpm(coordinate)}`;
    return failed(httpProblem({ code: 'npm', what, error, effect: 'none' }));
  }
}

async function deleteTarball(
  removal: Removal,
  packument: RevisedPackument | 'absent',
  path: string,
  outcome: 'removed' | 'gone',
): Promise<Removed> {
  const { client, coordinate, pace, step } = removal;
  if (packument === 'absent') return { coordinate, outcome };
  const what = `delete the tarball of ${formatNpm(coordinate)}`;
  const written = await write<Seen, Problem>(
    {
      send: async () => answerOf(step, what, () => client.deleteTarball(path, packument.rev)),
      async read() {
        const there = await headOf(removal, () => client.headTarball(path));
        if (there.value === undefined) return { state: 'unknown', problem: there.problems[0] };
        return there.value ? { state: 'absent' } : { state: 'identical', packument };
      },
    },
    pace,
  );
  if (written.state === 'accepted' || written.state === 'found') return { coordinate, outcome };
  // Clients do not see the version any more.
  const effect = { effect: 'committed' } as const;
  return written.state === 'not-written'
    ? incomplete(coordinate, { ...written.reason, ...effect })
    : unknown(coordinate, written.reason);
}

const NOT_SERVED_HINT =
  "This registry does not support npm unpublish. Remove old dev builds with the registry's own clean-up, and run prune with --only and the ids of the other artifacts.";

function incomplete(coordinate: Coordinate, reason: Problem): Removed {
  const named = { ...reason, coordinate: formatNpm(coordinate) };
  return { coordinate, outcome: 'incomplete', problem: named };
}

function unknown(coordinate: Coordinate, cause: Problem | undefined): Removed {
  const reference = formatNpm(coordinate);
  return {
    coordinate,
    outcome: 'unknown',
    problem: problem({
      code: 'npm-removal-unknown',
      kind: 'unknown',
      message: `The request to unpublish ${reference} was sent, but the registry still shows the version or its tarball, or cannot be read.`,
      hint: 'Run the same command again in a while: it reads the registry first.',
      coordinate: reference,
      cause,
    }),
  };
}
