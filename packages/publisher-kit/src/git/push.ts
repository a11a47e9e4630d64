import type { ProcessResult } from '../process/processes.ts';
import { parsePushReport } from './push-report.ts';
import type { GitRemote, PushAnswer, RefResult, RefUpdate, RemoteFailure } from './remote.ts';
import { classifyPushFailure } from './remote-failure.ts';

/** Before the second and the third attempt, in milliseconds. */
export const PAUSES: readonly number[] = [500, 2000];

/** The outside world of a push. */
export interface PushPorts {
  push(): Promise<ProcessResult>;
  lsRemote(refs: readonly string[]): ReturnType<GitRemote['lsRemote']>;
  pause(milliseconds: number): Promise<unknown>;
}

const FLAGS = ['--porcelain', '--atomic', '--no-verify', '--no-follow-tags', '--no-signed', '--no-recurse-submodules'];

export function pushArguments(url: string, updates: readonly RefUpdate[]): readonly string[] {
  const leases = updates.flatMap(({ ref, expect }) => (expect === undefined ? [] : [`--force-with-lease=${ref}:${expect ?? ''}`]));
  return ['push', ...FLAGS, ...leases, '--end-of-options', url, ...updates.map(({ ref, sha }) => `${sha}:${ref}`)];
}

/**
 * Pushes until it is known what became of every ref. A doubtful answer is followed by a look at the refs; pushing again is safe,
 * as the host refuses each attempt when the refs are no longer what the updates expect.
 */
export async function pushUntilKnown(updates: readonly RefUpdate[], ports: PushPorts): Promise<PushAnswer> {
  if (updates.length === 0) return { results: [] };
  let doubted = false;
  for (let attempt = 0; ; attempt++) {
    const result = await ports.push();
    const verdict = readVerdict(updates, result);
    if (verdict !== undefined && !verdict.some(isDoubtful)) return { results: doubted ? verdict.map(asOurs) : verdict };

    const failure = verdict === undefined ? classifyPushFailure(result) : undefined;
    if (failure !== undefined && !['unknown-outcome', 'unreachable'].includes(failure.kind)) return all(updates, 'not-sent', failure);
    if (failure?.kind !== 'unreachable') {
      doubted = true;
      const there = await look(updates, ports);
      if ('failure' in there) return all(updates, 'unknown', unknown(failure?.message ?? 'the host refused', there.failure));
      if (updates.every(({ ref, sha }) => there.ids.get(ref) === sha)) return all(updates, 'ok');
      if (verdict !== undefined) return { results: verdict.map((one, n) => explain(one, updates[n], there.ids)) };
    }
    const pause = PAUSES[attempt];
    // The refs were just seen without our updates, or nothing was sent: the last attempt did not arrive.
    if (pause === undefined) return all(updates, 'not-sent', { kind: 'unreachable', message: failure?.message ?? '' });
    await ports.pause(pause);
  }
}

/** What the host said of each ref, or undefined when it did not say it of all. */
function readVerdict(updates: readonly RefUpdate[], result: ProcessResult): readonly RefResult[] | undefined {
  if (result.failure !== undefined && result.failure !== 'exit') return undefined;
  const report = parsePushReport(result.stdoutText);
  const results = updates.flatMap(({ ref }) => report.get(ref) ?? []);
  return results.length === updates.length && results.every(({ outcome }) => outcome !== 'unknown') ? results : undefined;
}

/**
 * curl repeats a request by itself when a kept connection turns out to be dead: the host may have taken the first one, and
 * then refuses its twin because the ref is no longer what it was.
 */
function isDoubtful({ outcome, detail }: RefResult): boolean {
  return outcome === 'rejected' && detail?.startsWith('[remote rejected]') === true;
}

/** After a doubtful attempt that had landed, the next one finds its own work. */
function asOurs(result: RefResult): RefResult {
  return result.outcome === 'already' ? { ...result, outcome: 'ok' } : result;
}

/** Of a refusal by the host: whether the ref is what the update expected says more than the host's words. */
function explain(result: RefResult, update: RefUpdate | undefined, ids: ReadonlyMap<string, string>): RefResult {
  const expected = update?.expect;
  const stale = isDoubtful(result) && expected !== undefined && (ids.get(result.ref) ?? null) !== expected;
  return stale ? { ...result, reason: 'stale' } : result;
}

async function look(
  updates: readonly RefUpdate[],
  ports: PushPorts,
): Promise<{ readonly ids: ReadonlyMap<string, string> } | { readonly failure: RemoteFailure }> {
  const seen = await ports.lsRemote(updates.map(({ ref }) => ref));
  return 'failure' in seen ? seen : { ids: new Map(seen.refs.map(({ ref, sha }) => [ref, sha])) };
}

function unknown(first: string, second: RemoteFailure): RemoteFailure {
  return { kind: 'unknown-outcome', message: `${first}; then, on looking: ${second.message}` };
}

function all(updates: readonly RefUpdate[], outcome: RefResult['outcome'], failure?: RemoteFailure): PushAnswer {
  const results = updates.map(({ ref }) => ({ ref, outcome }));
  return failure === undefined ? { results } : { results, failure };
}
