import type { ProcessResult } from '../process/processes.ts';
import { parsePushReport } from './push-report.ts';
import type { GitRemote, PushAnswer, RefResult, RefUpdate, RemoteFailure } from './remote.ts';
import { classifyPushFailure, wasAnswered } from './remote-failure.ts';

/** Before the second and the third attempt, in milliseconds. */
export const PAUSES: readonly number[] = [500, 2000];
/** Before the last look at the refs, in milliseconds. */
const LAST_PAUSE = 2000;

/** The outside world of a push. */
export interface PushPorts {
  push(): Promise<ProcessResult>;
  lsRemote(refs: readonly string[]): ReturnType<GitRemote['lsRemote']>;
  pause(milliseconds: number): Promise<unknown>;
}

const FLAGS = [
  '--porcelain',
  '--atomic',
  '--no-verify',
  '--no-follow-tags',
  '--no-signed',
  '--no-recurse-submodules',
];

export function pushArguments(url: string, updates: readonly RefUpdate[]): readonly string[] {
  const leases = updates.flatMap(({ ref, expect }) =>
    expect === undefined ? [] : [`--force-with-lease=${ref}:${expect ?? ''}`],
  );
  return [
    'push',
    ...FLAGS,
    ...leases,
    '--end-of-options',
    url,
    ...updates.map(({ ref, sha }) => `${sha}:${ref}`),
  ];
}

/**
 * Pushes until it is known what became of every ref, or for as long as it is worth it. A doubtful
 * answer is followed by a look at the refs; pushing again is safe, as the host refuses each attempt
 * when the refs are no longer what the updates expect.
 */
export async function pushUntilKnown(
  updates: readonly RefUpdate[],
  ports: PushPorts,
): Promise<PushAnswer> {
  if (updates.length === 0) return { results: [] };
  let doubt: Doubt | undefined;
  for (let attempt = 0; ; attempt++) {
    const result = await ports.push();
    const verdict = readVerdict(updates, result);
    if (verdict !== undefined && !verdict.some(isDoubtful))
      return { results: doubt === undefined ? verdict : verdict.map(asOurs) };

    const failure = verdict === undefined ? classifyPushFailure(result) : undefined;
    if (failure === undefined || failure.kind === 'unknown-outcome') {
      const message = failure?.message ?? 'the host refused';
      const isOver = failure === undefined || wasAnswered(result);
      doubt = { message, isOver: isOver && doubt?.isOver !== false };
      const there = await look(updates, ports);
      if ('failure' in there)
        return all(updates, 'unknown', unknown(message, there.failure.message));
      if (areOurs(updates, there.ids)) return all(updates, 'ok');
      if (verdict !== undefined)
        return { results: verdict.map((one, n) => explain(one, updates[n], there.ids)) };
    }
    const pause = failure === undefined || !AGAIN.has(failure.kind) ? undefined : PAUSES[attempt];
    if (pause === undefined)
      return doubt === undefined
        ? all(updates, 'not-sent', failure)
        : lookLater(updates, doubt, ports);
    await ports.pause(pause);
  }
}

const AGAIN: ReadonlySet<RemoteFailure['kind']> = new Set(['unreachable', 'unknown-outcome']);

/** Some attempt may have landed, though it was not seen there right after it. */
interface Doubt {
  /** What was said at the last such attempt. */
  readonly message: string;
  /**
   * The host is done with every one of them. Otherwise it may still be at work on one whose answer
   * nobody waits for.
   */
  readonly isOver: boolean;
}

/** The last look, when nothing more is tried. */
async function lookLater(
  updates: readonly RefUpdate[],
  doubt: Doubt,
  ports: PushPorts,
): Promise<PushAnswer> {
  await ports.pause(LAST_PAUSE);
  const there = await look(updates, ports);
  if ('failure' in there)
    return all(updates, 'unknown', unknown(doubt.message, there.failure.message));
  if (areOurs(updates, there.ids)) return all(updates, 'ok');
  if (doubt.isOver)
    return all(updates, 'not-sent', { kind: 'unreachable', message: doubt.message });
  return all(updates, 'unknown', unknown(doubt.message, 'the host did not show it yet'));
}

function areOurs(updates: readonly RefUpdate[], ids: ReadonlyMap<string, string>): boolean {
  return updates.every(({ ref, sha }) => ids.get(ref) === sha);
}

/** What the host said of each ref, or undefined when it did not say it of all. */
function readVerdict(
  updates: readonly RefUpdate[],
  result: ProcessResult,
): readonly RefResult[] | undefined {
  if (result.failure !== undefined && result.failure !== 'exit') return undefined;
  const report = parsePushReport(result.stdoutText);
  const results = updates.flatMap(({ ref }) => report.get(ref) ?? []);
  return results.length === updates.length && results.every(({ outcome }) => outcome !== 'unknown')
    ? results
    : undefined;
}

/**
 * curl repeats a request by itself when a kept connection turns out to be dead: the host may have
 * taken the first one, and then refuses its twin because the ref is no longer what it was.
 */
function isDoubtful({ outcome, detail }: RefResult): boolean {
  return outcome === 'rejected' && detail?.startsWith('[remote rejected]') === true;
}

/** After a doubtful attempt that had landed, the next one finds its own work. */
function asOurs(result: RefResult): RefResult {
  return result.outcome === 'already' ? { ...result, outcome: 'ok' } : result;
}

/**
 * Of a refusal by the host: whether the ref is what the update expected says more than the host's
 * words.
 */
function explain(
  result: RefResult,
  update: RefUpdate | undefined,
  ids: ReadonlyMap<string, string>,
): RefResult {
  const expected = update?.expect;
  const stale =
    isDoubtful(result) && expected !== undefined && (ids.get(result.ref) ?? null) !== expected;
  return stale ? { ...result, reason: 'stale' } : result;
}

async function look(
  updates: readonly RefUpdate[],
  ports: PushPorts,
): Promise<{ readonly ids: ReadonlyMap<string, string> } | { readonly failure: RemoteFailure }> {
  const seen = await ports.lsRemote(updates.map(({ ref }) => ref));
  return 'failure' in seen ? seen : { ids: new Map(seen.refs.map(({ ref, sha }) => [ref, sha])) };
}

function unknown(first: string, onLooking: string): RemoteFailure {
  return { kind: 'unknown-outcome', message: `${first}; then, on looking: ${onLooking}` };
}

function all(
  updates: readonly RefUpdate[],
  outcome: RefResult['outcome'],
  failure?: RemoteFailure,
): PushAnswer {
  const results = updates.map(({ ref }) => ({ ref, outcome }));
  return failure === undefined ? { results } : { results, failure };
}
