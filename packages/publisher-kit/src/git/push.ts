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

export function pushArguments(url: string, updates: readonly RefUpdate[]): readonly string[] {
  const flags = [
    '--porcelain',
    '--atomic',
    '--no-verify',
    '--no-follow-tags',
    '--no-signed',
    '--no-recurse-submodules',
    '--no-force-if-includes',
  ];
  const leases = updates.flatMap(({ ref, expect }) => (expect === undefined ? [] : [`--force-with-lease=${ref}:${expect ?? ''}`]));
  return ['push', ...flags, ...leases, '--end-of-options', url, ...updates.map(({ ref, sha }) => `${sha}:${ref}`)];
}

/**
 * Pushes until it is known what became of every ref. A lost answer is followed by a look at the refs; pushing again is safe, as
 * each attempt is refused when the refs are no longer what the updates expect.
 */
export async function pushUntilKnown(updates: readonly RefUpdate[], ports: PushPorts): Promise<PushAnswer> {
  if (updates.length === 0) return { results: [] };
  let doubted = false;
  for (let attempt = 0; ; attempt++) {
    const result = await ports.push();
    const verdict = readVerdict(updates, result);
    // Its own earlier attempt had landed after all.
    if (verdict !== undefined)
      return { results: doubted ? verdict.map((one) => (one.outcome === 'already' ? { ...one, outcome: 'ok' } : one)) : verdict };
    const failure = classifyPushFailure(result);
    if (failure.kind === 'unknown-outcome') {
      doubted = true;
      const seen = await ports.lsRemote(updates.map(({ ref }) => ref));
      if ('failure' in seen)
        return all(updates, 'unknown', { kind: 'unknown-outcome', message: `${failure.message}; then: ${seen.failure.message}` });
      const there = new Map(seen.refs.map(({ ref, sha }) => [ref, sha]));
      if (updates.every(({ ref, sha }) => there.get(ref) === sha)) return all(updates, 'ok');
    } else if (failure.kind !== 'unreachable') return all(updates, 'not-sent', failure);
    const pause = PAUSES[attempt];
    // The refs were just seen without our updates: what the last attempt sent did not arrive.
    if (pause === undefined) return all(updates, 'not-sent', { kind: 'unreachable', message: failure.message });
    await ports.pause(pause);
  }
}

/** What the host said of each ref, or undefined when it did not say it of all. */
function readVerdict(updates: readonly RefUpdate[], result: ProcessResult): readonly RefResult[] | undefined {
  const report = parsePushReport(result.stdoutText);
  const results = updates.map(({ ref }) => report.get(ref));
  if (result.failure !== undefined && result.failure !== 'exit') return undefined;
  return results.every((one) => one !== undefined && one.outcome !== 'unknown') ? (results as readonly RefResult[]) : undefined;
}

function all(updates: readonly RefUpdate[], outcome: RefResult['outcome'], failure?: RemoteFailure): PushAnswer {
  const results = updates.map(({ ref }) => ({ ref, outcome }));
  return failure === undefined ? { results } : { results, failure };
}
