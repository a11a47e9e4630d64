import { createPace, httpProblem, write } from '@ameide/publisher-kit';
import {
  type Coordinate,
  failed,
  InvalidInputError,
  ok,
  type Problem,
  parseNpmVersion,
  type Removed,
  type Result,
  type Step,
} from '@ameide/versioning-core';
import { formatNpm } from './manifest/name.ts';
import type { Target } from './options.ts';
import type { NpmPlan } from './plan.ts';
import { answerOf } from './promote.ts';
import { createClient, type RegistryClient } from './registry/client.ts';
import type { RevisedPackument } from './registry/packument.ts';
import { incomplete, removalUnknown } from './removal-problems.ts';
import { needsToken } from './trusted/problems.ts';
import { type Unlisted, type Unlisting, unlist } from './unlist.ts';

/**
 * Unpublishes dev builds as `npm unpublish` does, all in one write: sends the packument without the
 * versions, then deletes their tarballs. Keeps a version that a dist-tag names, and the only
 * version of a package: without it, the package itself would be gone.
 */
export async function removeVersions(
  target: Target,
  plan: NpmPlan,
  coordinates: readonly Coordinate[],
  step: Step,
): Promise<readonly Removed[]> {
  for (const coordinate of coordinates) checkDevBuild(coordinate, plan);
  step.signal.throwIfAborted();
  if (target.token() === undefined)
    return coordinates.map((one) =>
      incomplete(one, needsToken(target, plan, 'unpublish a version')),
    );
  const client = createClient(target, step.signal);
  const pace = createPace(step.signal, { sleep: target.sleep });
  const removal = { client, pace, step, target };
  const unlisted = await unlist(removal, coordinates);
  const removed: Removed[] = [];
  // The first problem stops the others: it is the token, or the network.
  let stopped: Problem | undefined;
  for (const coordinate of coordinates) {
    step.signal.throwIfAborted();
    const one =
      unlisted.ended.get(coordinate) ??
      (stopped === undefined
        ? await removeTarball({ ...removal, coordinate }, unlisted)
        : incomplete(coordinate, stopped));
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

interface TarballRemoval extends Unlisting {
  readonly coordinate: Coordinate;
}

async function removeTarball(removal: TarballRemoval, unlisted: Unlisted): Promise<Removed> {
  const { coordinate } = removal;
  const { packument, tarballs } = unlisted;
  if (packument === 'absent') return { coordinate, outcome: 'gone' };
  const path = tarballs.get(coordinate);
  return path === undefined
    ? removeLeftTarball(removal, packument)
    : deleteTarball(removal, packument, path, 'removed');
}

/** Deletes the tarball that a run left behind when it was stopped between its two writes. */
async function removeLeftTarball(
  removal: TarballRemoval,
  packument: RevisedPackument,
): Promise<Removed> {
  const { client, coordinate } = removal;
  const path = packument.pathLike(coordinate);
  const there = await headOf(removal, () => client.headTarball(path));
  if (there.value === undefined) return incomplete(coordinate, there.problems[0]);
  if (!there.value) return { coordinate, outcome: 'gone' };
  return deleteTarball(removal, packument, path, 'gone');
}

async function headOf(
  { coordinate, step }: TarballRemoval,
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

type Seen =
  | { readonly state: 'identical' | 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem };

async function deleteTarball(
  removal: TarballRemoval,
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
        return { state: there.value ? 'absent' : 'identical' };
      },
    },
    pace,
  );
  if (written.state === 'accepted' || written.state === 'found') return { coordinate, outcome };
  // Clients do not see the version any more.
  const effect = { effect: 'committed' } as const;
  return written.state === 'not-written'
    ? incomplete(coordinate, { ...written.reason, ...effect })
    : removalUnknown(coordinate, written.reason);
}
