import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Built,
  Finding,
  Plan,
  PointerMove,
  Problem,
  Published,
  Publisher,
  Release,
  ReleaseEvent,
  Result,
  SourceTree,
  Step,
} from '@ameide/versioning-core';
import { copyCheckout } from '../checkout/copy.ts';
import { removeTree } from '../workspace/workspace.ts';
import type { TestCommit } from './commit.ts';
import { resolveNothing } from './step.ts';

type PlanOf<X extends Publisher> = ReturnType<X['plan']>;
type BuiltOf<X extends Publisher> = NonNullable<Awaited<ReturnType<X['build']>>['value']>;

/** A publisher, opened at a commit and planned, with the engine's input for its steps. */
export interface OpenedRun<X extends Publisher = Publisher> extends AsyncDisposable {
  readonly publisher: X;
  readonly release: Release;
  /** The plan after a round trip through JSON, so anything that JSON loses is missing. */
  readonly plan: PlanOf<X>;
  /** For every method but `build`, which alone has a checkout. */
  readonly step: Step;
  readonly events: readonly ReleaseEvent[];
  /** Builds as the engine does: in its own checkout, in a shared one, or without one. */
  readonly tryBuild: (signal?: AbortSignal) => Promise<Result<BuiltOf<X>>>;
  /** Like `tryBuild`, after a round trip through JSON. Throws the first problem. */
  readonly build: () => Promise<BuiltOf<X>>;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Answers about other artifacts of the release. Default: throws. */
  readonly resolve?: Step['resolve'];
  /**
   * The folder in which to make the run's own folder, which is removed with the run. Default: a
   * temporary one.
   */
  readonly parent?: string;
}

/** The part of a `PublisherDefinition` that `runPublisher` uses. */
interface Definition<X extends Publisher> {
  open(source: SourceTree): Promise<X>;
}

/** Opens a definition at a commit and makes its plan. Dispose of the run to remove its folders. */
export async function openRun<X extends Publisher>(
  definition: Definition<X>,
  commit: TestCommit,
  options: RunOptions = {},
): Promise<OpenedRun<X>> {
  const { environment = {}, parent = tmpdir(), signal = new AbortController().signal } = options;
  const { resolve = resolveNothing } = options;
  const publisher = await definition.open(commit.source);
  const release = await commit.release(publisher.members);
  const plan = asData(publisher.plan(release)) as PlanOf<X>;
  const root = mkdtempSync(join(parent, 'ameide-run-'));
  const workspace = join(root, 'workspace');
  mkdirSync(workspace);
  const events: ReleaseEvent[] = [];
  const { history, source } = commit;
  const emit = (event: ReleaseEvent): void => void events.push(event);
  const step = { signal, source, workspace, checkout: '', environment, history, resolve, emit };
  const tryBuild = async (signal = step.signal): Promise<Result<BuiltOf<X>>> => {
    const checkout = await checkoutFor(publisher, commit, mkdtempSync(join(root, 'build-')));
    const result = await publisher.build(plan, { ...step, checkout, signal });
    return result;
  };
  return {
    publisher,
    release,
    plan,
    step,
    events,
    tryBuild,
    build: async () => asData(builtOf(await tryBuild())),
    [Symbol.asyncDispose]: () => removeTree(root),
  };
}

async function checkoutFor(
  { buildsFrom = 'objects' }: Publisher,
  commit: TestCommit,
  folder: string,
): Promise<string> {
  if (buildsFrom === 'objects') return '';
  const shared = await commit.checkout(join(folder, 'checkout'));
  if (buildsFrom === 'checkout') return shared;
  const own = join(folder, 'own-checkout');
  await copyCheckout(shared, own);
  return own;
}

/** Returns what was built. Throws the first problem. */
export function builtOf<B extends Built>(result: Result<B>): B {
  if (result.problems === undefined) return result.value;
  const [cause] = result.problems;
  throw new Error(`build: ${cause.code}: ${cause.message}`, { cause });
}

/** Returns a value after a round trip through JSON. */
export function asData<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** The results of one run. */
export interface RunReport<P extends Plan = Plan> {
  readonly plan: P;
  /**
   * Problems of all steps. Those of `validate`, `check`, `inspect` and `pointers` end the run
   * before the build.
   */
  readonly problems: readonly Problem[];
  readonly published: readonly Published[];
  /** The state after publishing, or before it if nothing was published. */
  readonly findings: readonly Finding[];
  readonly moves: readonly PointerMove[];
  readonly events: readonly ReleaseEvent[];
}

/**
 * Publishes a commit as the engine does, each step once: validate, check, inspect, pointers, build,
 * publish, inspect, promote. A problem ends the run before the next write.
 */
export async function runPublisher<X extends Publisher>(
  definition: Definition<X>,
  commit: TestCommit,
  options?: RunOptions,
): Promise<RunReport<PlanOf<X>>> {
  await using run = await openRun(definition, commit, options);
  const { events, plan, publisher, step } = run;
  const before = await preflight(run);
  const nothing = { plan, published: [], findings: before.findings, moves: [], events };
  if (before.problems.length > 0) return { ...nothing, problems: before.problems };
  const result = await run.tryBuild();
  if (result.problems !== undefined) return { ...nothing, problems: result.problems };
  const built = asData(result.value);
  const published = await publisher.publish(plan, built, step);
  const findings = await publisher.inspect({ plan, built }, step);
  const refused = problemsIn(published);
  const moves = refused.length > 0 ? [] : ((await publisher.promote?.(plan, step)) ?? []);
  const problems = [...refused, ...problemsIn(moves)];
  return { plan, problems, published, findings, moves, events };
}

/** Returns everything that prevents a release from being built. Writes nothing. */
async function preflight({
  plan,
  publisher,
  step,
}: OpenedRun): Promise<Pick<RunReport, 'problems' | 'findings'>> {
  const validated = (await publisher.validate?.(plan, step)) ?? [];
  const checked = [
    ...(await publisher.check(plan, step)),
    ...((await publisher.checkTools?.(plan, step)) ?? []),
  ];
  const findings = await publisher.inspect({ plan }, step);
  const pointers = (await publisher.pointers?.(plan, step)) ?? [];
  const found = problemsIn([...findings, ...pointers]);
  return { findings, problems: [...validated, ...checked, ...found] };
}

function problemsIn(results: readonly { readonly problem?: Problem }[]): readonly Problem[] {
  return results.flatMap(({ problem }) => problem ?? []);
}
