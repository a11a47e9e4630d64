import type { FindingState } from '@ameide/versioning-core';
import type { ProcessResult } from '../../process/processes.ts';
import type { Answer } from '../../write/answer.ts';
import type { Pace } from '../../write/pace.ts';
import { type Written, write } from '../../write/write.ts';
import { parsePushReport } from './push-report.ts';
import type {
  GitRemote,
  PushAnswer,
  PushCall,
  RefResult,
  RefUpdate,
  RemoteFailure,
} from './remote.ts';
import { classifyPushFailure, wasAnswered } from './remote-failure.ts';

/** Everything outside that a push uses. */
export interface PushPorts {
  push(): Promise<ProcessResult>;
  lsRemote(refs: readonly string[]): ReturnType<GitRemote['lsRemote']>;
  readonly pace: Pace;
}

const FLAGS = [
  '--porcelain',
  '--atomic',
  '--no-verify',
  '--no-follow-tags',
  '--no-signed',
  '--no-recurse-submodules',
];

export function pushArguments(
  url: string,
  updates: readonly RefUpdate[],
  { isPartial = false }: Pick<PushCall, 'isPartial'> = {},
): readonly string[] {
  const leases = updates.flatMap(({ ref, expect }) =>
    expect === undefined ? [] : [`--force-with-lease=${ref}:${expect ?? ''}`],
  );
  return [
    // Otherwise git reads files that the host has, to send the differences. Over http --no-thin is ignored.
    ...(isPartial ? ['-c', 'pack.window=0'] : []),
    'push',
    ...FLAGS,
    ...leases,
    '--end-of-options',
    url,
    ...updates.map(({ ref, sha }) => `${sha ?? ''}:${ref}`),
  ];
}

/**
 * Pushes by the write protocol until we know the result of every ref, or give up. Pushing again is
 * safe: the host refuses if the refs are not what the updates expect.
 */
export async function pushUntilKnown(
  updates: readonly RefUpdate[],
  ports: PushPorts,
): Promise<PushAnswer> {
  if (updates.length === 0) return { results: [] };
  let reported: readonly RefResult[] = [];
  const written = await write<Look, Reason>(
    {
      async send() {
        const result = await ports.push();
        const report = readReport(updates, result);
        if (report !== undefined) reported = report;
        return answerOf(report, result);
      },
      read: async () => readBack(updates, ports),
    },
    ports.pace,
  );
  return settle(updates, written, reported);
}

/** The result of an attempt: what the host reported for each ref, or why it did not. */
type Reason = { readonly results: readonly RefResult[] } | { readonly failure: RemoteFailure };

interface Look {
  readonly state: FindingState;
  /** What the refs name; absent if they could not be read. */
  readonly ids?: ReadonlyMap<string, string>;
  readonly failure?: RemoteFailure;
}

function answerOf(report: readonly RefResult[] | undefined, result: ProcessResult): Answer<Reason> {
  if (report === undefined) return answerOfFailure(result);
  const reason = { results: report };
  if (report.every(({ outcome }) => outcome !== 'rejected')) return { state: 'accepted' };
  // If the lease or git itself refused, nothing was sent.
  const state = report.some(isByHost) ? 'denied' : 'not-processed';
  return { state, again: false, reason };
}

function answerOfFailure(result: ProcessResult): Answer<Reason> {
  const failure = classifyPushFailure(result);
  if (failure.kind !== 'unknown-outcome') {
    return { state: 'not-processed', again: failure.kind === 'unreachable', reason: { failure } };
  }
  return wasAnswered(result)
    ? { state: 'denied', again: true, reason: { failure: { ...failure, kind: 'unreachable' } } }
    : { state: 'doubtful', again: true, reason: { failure } };
}

/** Returns the host's report on each ref, or undefined unless it reports on all of them. */
function readReport(
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
 * True if the host refused the ref. curl repeats a request if a kept connection turns out to be
 * dead: the host may have accepted the first request and then refuse the second, because the ref
 * has changed.
 */
function isByHost({ outcome, detail }: RefResult): boolean {
  return outcome === 'rejected' && detail?.startsWith('[remote rejected]') === true;
}

async function readBack(updates: readonly RefUpdate[], ports: PushPorts): Promise<Look> {
  const seen = await ports.lsRemote(updates.map(({ ref }) => ref));
  if ('failure' in seen) return { state: 'unknown', failure: seen.failure };
  const ids = new Map(seen.refs.map(({ ref, sha }) => [ref, sha]));
  if (updates.every(({ ref, sha }) => (ids.get(ref) ?? null) === sha))
    return { state: 'identical', ids };
  return { state: updates.some((update) => isStale(update, ids)) ? 'conflict' : 'absent', ids };
}

/** True if the ref is not what the update expects. */
function isStale({ ref, expect }: RefUpdate, ids: ReadonlyMap<string, string>): boolean {
  return expect !== undefined && (ids.get(ref) ?? null) !== expect;
}

function settle(
  updates: readonly RefUpdate[],
  written: Written<Look, Reason>,
  reported: readonly RefResult[],
): PushAnswer {
  if (written.state === 'accepted')
    return { results: written.afterDoubt ? reported.map(asOurs) : reported };
  if (written.state === 'found') {
    return written.seen.state === 'identical'
      ? all(updates, 'ok')
      : { results: updates.map((update) => stale(update, written.seen.ids, reported)) };
  }
  const { reason } = written;
  if (written.state === 'not-written')
    return 'results' in reason ? reason : all(updates, 'not-sent', reason.failure);
  const first = 'results' in reason ? 'the host refused' : reason.failure.message;
  const onLooking = written.unread?.failure?.message ?? 'the host did not show it yet';
  const message = `${first}; reading the refs afterwards: ${onLooking}`;
  return all(updates, 'unknown', { kind: 'unknown-outcome', message });
}

/** After a doubtful attempt that succeeded, the next one finds our own update in place. */
function asOurs(result: RefResult): RefResult {
  return result.outcome === 'already' ? { ...result, outcome: 'ok' } : result;
}

/**
 * A ref's actual value counts more than the host's message. The other refs failed with it, because
 * the push is atomic.
 */
function stale(
  update: RefUpdate,
  ids: ReadonlyMap<string, string> = new Map(),
  reported: readonly RefResult[],
): RefResult {
  const { ref } = update;
  const said = reported.find((result) => result.ref === ref) ?? { ref };
  const reason = isStale(update, ids) ? 'stale' : 'atomic';
  return { ...said, outcome: 'rejected', reason };
}

function all(
  updates: readonly RefUpdate[],
  outcome: RefResult['outcome'],
  failure?: RemoteFailure,
): PushAnswer {
  const results = updates.map(({ ref }) => ({ ref, outcome }));
  return failure === undefined ? { results } : { results, failure };
}
