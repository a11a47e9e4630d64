import { copyCheckout, removeTree } from '@ameide/publisher-kit';
import { needsBuild, type PublisherRun } from '../run/publisher-run.ts';

/** A run's turn to build in a checkout where its program runs. */
export interface BuildTurn {
  /**
   * Waits until the run may build, and returns where: in a new copy at `directory`, in the checkout where
   * a run with the same `buildKey` has built (`hasRun`), or in the release's own checkout. Returns
   * undefined if the build of that other run, `first`, failed.
   */
  open(directory: string, signal: AbortSignal): Promise<OwnCheckout | undefined>;
  /** Call it once, even if the turn was never opened. */
  end(isBuilt: boolean): void;
  /** The run whose program runs. */
  readonly first: PublisherRun;
}

interface OwnCheckout {
  /** Absolute. */
  readonly directory: string;
  readonly hasRun: boolean;
}

/** Runs that share a checkout, because their programs do the same in it. */
interface Group {
  readonly first: PublisherRun;
  /** Runs that have not ended. */
  left: number;
  /** What the latest turn leaves to the next: the folder, or undefined if nothing was built there. */
  latest: Promise<string | undefined> | undefined;
  /** Resolved once the group does not need the release's checkout any more. */
  readonly copied: PromiseWithResolvers<void>;
}

/**
 * Gives each build that runs a program a checkout of its own. Makes as few copies as possible, because a
 * checkout may have hundreds of megabytes of dependencies: equal builds share one, and the last build
 * gets the release's own checkout once all copies are made, unless other publishers read that one. Returns a function
 * that is called once for each run, in their order.
 */
export function createOwnCheckouts(
  ordered: readonly PublisherRun[],
  checkout: string,
): (run: PublisherRun) => BuildTurn {
  const copy = twoAtATime(copyCheckout);
  const building = ordered.filter(needsBuild);
  const groups = groupsOf(building.filter((run) => buildsFrom(run) === 'own-checkout'));
  const all = [...new Set(groups.values())];
  const isRead = building.some((run) => buildsFrom(run) === 'checkout');
  const last = isRead ? undefined : all.at(-1);
  const make = async (group: Group, directory: string, signal: AbortSignal): Promise<string> => {
    if (group === last) {
      await Promise.all(all.flatMap((one) => (one === last ? [] : one.copied.promise)));
      signal.throwIfAborted();
      return checkout;
    }
    await copy(checkout, directory, { signal });
    group.copied.resolve();
    return directory;
  };
  return (run) => {
    const group = groups.get(run);
    if (group === undefined) throw new TypeError(`${run.id} needs no checkout of its own`);
    return turnIn(group, make);
  };
}

function turnIn(
  group: Group,
  make: (group: Group, directory: string, signal: AbortSignal) => Promise<string>,
): BuildTurn {
  const before = group.latest;
  const ended = Promise.withResolvers<string | undefined>();
  group.latest = ended.promise;
  let opened: OwnCheckout | undefined;
  return {
    first: group.first,
    async open(directory, signal) {
      const shared = await before;
      if (before !== undefined && shared === undefined) return undefined;
      opened = {
        directory: shared ?? (await make(group, directory, signal)),
        hasRun: shared !== undefined,
      };
      return opened;
    },
    end(isBuilt) {
      // If a run that only packs fails, the checkout is still good for the next run.
      const isLeft = isBuilt || opened?.hasRun === true;
      ended.resolve(isLeft ? opened?.directory : undefined);
      group.copied.resolve();
      group.left -= 1;
      // If this fails, the end of the release removes the checkout with its workspace.
      if (group.left === 0 && opened !== undefined)
        void removeTree(opened.directory).catch(() => undefined);
    },
  };
}

function groupsOf(runs: readonly PublisherRun[]): ReadonlyMap<PublisherRun, Group> {
  const byKey = new Map<string, Group>();
  return new Map(
    runs.map((run) => {
      const key = run.publisher.buildKey?.(run.plan);
      const shared = key === undefined ? undefined : byKey.get(key);
      const group = shared ?? newGroup(run);
      group.left += 1;
      if (key !== undefined) byKey.set(key, group);
      return [run, group] as const;
    }),
  );
}

function newGroup(first: PublisherRun): Group {
  return { first, left: 0, latest: undefined, copied: Promise.withResolvers<void>() };
}

function buildsFrom({ publisher }: PublisherRun): PublisherRun['publisher']['buildsFrom'] {
  return publisher.buildsFrom;
}

/** Makes two copies at a time, so that the first builds do not wait for the other copies. */
function twoAtATime(copy: typeof copyCheckout): typeof copyCheckout {
  const rows: Promise<unknown>[] = [Promise.resolve(), Promise.resolve()];
  let next = 0;
  return (...args) => {
    const row = next++ % rows.length;
    const turn = (rows[row] ?? Promise.resolve()).then(() => copy(...args));
    rows[row] = turn.catch(() => undefined);
    return turn;
  };
}
