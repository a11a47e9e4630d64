import { describe, expect, it } from 'vitest';
import { pushUntilKnown } from '../src/git/remote/push.ts';
import type { RemoteRef } from '../src/git/remote/remote.ts';
import { createPace } from '../src/index.ts';
import type { ProcessResult } from '../src/process/processes.ts';

const [OURS, THEIRS] = ['a'.repeat(40), 'b'.repeat(40)];
const REF = 'refs/heads/main';
/** Instead of an id: the host cannot be read. */
const DARK = 'dark';
const UPDATE = { ref: REF, sha: OURS, expect: null };

/** How git ended: what `--porcelain` told of the ref, and what was on stderr. */
function ended(report: string, stderrText: string): ProcessResult {
  const stdoutText = report === '' ? '' : `To /r.git\n${report}\nDone\n`;
  const ok = stderrText === '' && !report.startsWith('!');
  return {
    ok,
    ...(ok ? {} : { failure: 'exit' }),
    stdout: new Uint8Array(),
    stdoutText,
    stderrText,
    lastLines: [],
    summary: 'git push',
  };
}

const LANDED = ended(`*\t${OURS}:${REF}\t[new branch]`, '');
const ALREADY = ended(`=\t${OURS}:${REF}\t[up to date]`, '');
const DECLINED = ended(
  `!\t${OURS}:${REF}\t[remote rejected] (hook declined)`,
  'error: failed to push some refs',
);
const DROPPED = ended(
  '',
  'error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: the remote end hung up unexpectedly',
);
const GATEWAY = ended(
  '',
  'error: RPC failed; HTTP 504 curl 22 The requested URL returned error: 504\nfatal: the remote end hung up unexpectedly',
);
const BUSY = ended(
  '',
  'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503\nfatal: the remote end hung up unexpectedly',
);
const AWAY = ended(
  '',
  "fatal: unable to access 'http://h/r.git/': Failed to connect to h port 80: Connection refused",
);
const REFUSED = ended(
  '',
  "fatal: unable to access 'http://h/r.git/': The requested URL returned error: 403",
);

/**
 * A host that answers each push in turn, the last answer for ever, and shows at each look what it
 * holds then.
 */
async function push(
  answers: readonly ProcessResult[],
  shown: readonly (string | undefined)[] = [undefined],
) {
  const steps: string[] = [];
  const next = <T>(values: readonly T[], name: string): T | undefined =>
    values[Math.min(steps.filter((step) => step === name).length, values.length - 1)];
  const answer = await pushUntilKnown([UPDATE], {
    async push() {
      const result = next(answers, 'push') ?? LANDED;
      steps.push('push');
      return result;
    },
    async lsRemote(refs) {
      const sha = next(shown, 'look');
      steps.push('look');
      if (sha === DARK) return { failure: { kind: 'unreachable', message: 'no answer' } };
      const there: readonly RemoteRef[] =
        sha === undefined ? [] : refs.map((ref) => ({ ref, sha }));
      return { refs: there };
    },
    pace: createPace(new AbortController().signal, { sleep: async () => void steps.push('pause') }),
  });
  const [{ outcome, reason } = { outcome: undefined, reason: undefined }] = answer.results;
  return {
    outcome,
    reason,
    kind: answer.failure?.kind,
    message: answer.failure?.message,
    steps: steps.join(' '),
  };
}

const THREE = 'push look pause push look pause push look';

describe('a push', () => {
  it('that the host tells of is known at once', async () => {
    expect(await push([LANDED])).toMatchObject({ outcome: 'ok', steps: 'push' });
    expect(await push([ALREADY])).toMatchObject({ outcome: 'already', steps: 'push' });
  });

  it('in doubt whose work is found by the next one is ours', async () => {
    expect(await push([DROPPED, ALREADY])).toMatchObject({
      outcome: 'ok',
      steps: 'push look pause push',
    });
  });

  it.each([
    ['was not answered', DROPPED],
    ['a gateway no longer waited for', GATEWAY],
  ])(
    'that %s, and is not there in the end, is unknown: it may land a moment later',
    async (_, answer) => {
      const done = await push([answer]);
      expect(done).toMatchObject({
        outcome: 'unknown',
        kind: 'unknown-outcome',
        steps: `${THREE} pause look`,
      });
      expect(done.message).toMatch(/; reading the refs afterwards: the host did not show it yet$/);
    },
  );

  it('that lands after everything else was tried is found by the last look', async () => {
    expect(await push([DROPPED], [undefined, undefined, undefined, OURS])).toMatchObject({
      outcome: 'ok',
      kind: undefined,
    });
    expect(await push([DROPPED, REFUSED], [undefined, OURS])).toMatchObject({
      outcome: 'ok',
      steps: 'push look pause push pause look',
    });
  });

  it('that may have landed stays in doubt, whatever becomes of the attempts after it', async () => {
    expect(await push([DROPPED, AWAY])).toMatchObject({
      outcome: 'unknown',
      steps: 'push look pause push pause push pause look',
    });
    expect(await push([DROPPED, REFUSED])).toMatchObject({
      outcome: 'unknown',
      steps: 'push look pause push pause look',
    });
    expect(await push([DROPPED, BUSY])).toMatchObject({
      outcome: 'unknown',
      steps: `${THREE} pause look`,
    });
    expect(await push([DROPPED, AWAY], [undefined, DARK])).toMatchObject({
      outcome: 'unknown',
      kind: 'unknown-outcome',
    });
  });

  it('that the host itself said it failed, and is not there, was not sent', async () => {
    expect(await push([BUSY])).toMatchObject({
      outcome: 'not-sent',
      kind: 'unreachable',
      steps: `${THREE} pause look`,
    });
    expect(await push([BUSY], [undefined, undefined, undefined, OURS])).toMatchObject({
      outcome: 'ok',
    });
  });

  it('that never began was not sent, and nobody has to look', async () => {
    expect(await push([AWAY])).toMatchObject({
      outcome: 'not-sent',
      kind: 'unreachable',
      steps: 'push pause push pause push',
    });
    expect(await push([REFUSED])).toMatchObject({
      outcome: 'not-sent',
      kind: 'authentication',
      steps: 'push',
    });
  });

  it('that the host refuses is judged by what is there', async () => {
    expect(await push([DECLINED])).toMatchObject({ outcome: 'rejected', reason: 'declined' });
    expect(await push([DECLINED], [THEIRS])).toMatchObject({
      outcome: 'rejected',
      reason: 'stale',
    });
    expect(await push([DECLINED], [OURS])).toMatchObject({ outcome: 'ok' });
    expect(await push([DECLINED], [DARK])).toMatchObject({
      outcome: 'unknown',
      kind: 'unknown-outcome',
    });
  });
});
