import {
  type RunningPythonIndex,
  type RunningRecordingProxy,
  startPythonIndex,
  startRecordingProxy,
} from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp, type Http } from '@ameide/publisher-kit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { build, commit, open, PROJECT, removeScratch, stubBuilder } from './world.ts';

type Fault = NonNullable<Parameters<typeof startRecordingProxy>[1]>['fault'];
type Spoilt = ReturnType<NonNullable<Fault>>;

const real = createHttp({ sleep: async () => undefined, attempts: 2 });
/** Without waiting: a request that nobody answers is given up after a second. */
const http: Http = { request: (request) => real.request({ ...request, deadlineMs: 1000 }) };

const status = (code: number, more: Partial<Extract<Spoilt, { kind: 'status' }>> = {}): Spoilt => ({
  kind: 'status',
  status: code,
  ...more,
});
const stored = { forward: true } as const;

/**
 * The uploads are answered one after the other as it says, the last one always; the project's page
 * by `page`, as soon as one was sent.
 */
function answering(uploads: readonly Spoilt[], page?: Spoilt): NonNullable<Fault> {
  let sent = 0;
  return ({ method }) => {
    if (method === 'POST') return uploads[Math.min(sent++, uploads.length - 1)];
    return sent > 0 ? page : undefined;
  };
}

needs('git')('an upload whose answer is not success', () => {
  let root: string;
  let index: RunningPythonIndex;
  let proxy: RunningRecordingProxy;
  let fault: Fault;

  beforeAll(() => {
    root = commit(PROJECT);
  });
  beforeEach(async () => {
    index = await startPythonIndex();
    proxy = await startRecordingProxy(index.url, { fault: (request) => fault?.(request) });
  });
  afterEach(async () => {
    fault = undefined;
    await proxy.stop();
    await index.stop();
  });
  afterAll(removeScratch);

  /**
   * One run: what it says of its one coordinate, how many uploads it sent, and what the index then
   * holds.
   */
  async function run({ uploadUrl = `${proxy.url}/legacy/`, salt = '' } = {}) {
    proxy.clear();
    const ports = { http, processes: stubBuilder(salt), env: {}, sleep: async () => undefined };
    const opened = await open(root, {
      uploadUrl,
      simpleUrl: `${proxy.url}/simple/`,
      token: index.token,
      ports,
    });
    const built = await build(opened);
    const [result] = await opened.publisher.publish(opened.plan, built, opened.step());
    const uploads = proxy.mutating().length;
    const reads = proxy.requests.length - uploads;
    fault = undefined;
    const [finding] = await opened.publisher.inspect({ plan: opened.plan, built }, opened.step());
    return { result, uploads, reads, state: finding?.state };
  }

  test.each<[string, Spoilt]>([
    ['the connection dropped', { kind: 'reset', ...stored }],
    ['503', status(503, stored)],
    ['409', status(409, stored)],
    ['400, as for a duplicate', status(400, stored)],
  ])('stored, then %s: published, and sent once', async (_title, what) => {
    fault = answering([what, undefined]);
    expect(await run()).toMatchObject({
      result: { outcome: 'published' },
      uploads: 2,
      state: 'identical',
    });
  });

  test.each<[string, Spoilt]>([
    ['503', status(503)],
    ['429', status(429)],
    ['dropped', { kind: 'reset' }],
  ])('%s once, before it was stored: sent again', async (_title, what) => {
    fault = answering([what, undefined]);
    expect(await run()).toMatchObject({
      result: { outcome: 'published' },
      uploads: 3,
      state: 'identical',
    });
  });

  // Exit 3: the answer itself says that nothing was taken, and the index shows nothing.
  test.each<[string, readonly Spoilt[], string, number]>([
    ['503, always', [status(503)], 'pypi-unavailable', 3],
    ['429, always', [status(429)], 'pypi-rate-limited', 3],
    ['400', [status(400, { body: 'Bad things <b>happen</b>' })], 'pypi-rejected', 1],
    ['413', [status(413)], 'pypi-too-large', 1],
    [
      'a redirect elsewhere',
      [status(307, { headers: { location: 'http://localhost:9/' } })],
      'pypi-redirect',
      1,
    ],
  ])('%s: incomplete', async (_title, uploads, code, sent) => {
    fault = answering(uploads);
    const first = await run();
    expect(first).toMatchObject({
      result: { outcome: 'incomplete', problem: { code, kind: 'incomplete', effect: 'none' } },
      uploads: sent,
    });
    if (code === 'pypi-rejected')
      expect(first.result?.problem?.message).toContain('Bad things happen');
    expect(await run()).toMatchObject({
      result: { outcome: 'published' },
      uploads: 2,
      state: 'identical',
    });
  });

  // Exit 5: the whole file was sent, and that the index does not show it is what a cached page
  // would say, too.
  test.each<[string, readonly Spoilt[], number]>([
    ['dropped, always', [{ kind: 'reset' }], 3],
    ['no answer, always', [{ kind: 'hang' }], 3],
    ['500, always', [status(500)], 3],
    ['502, always', [status(502)], 3],
    ['504, always', [status(504)], 3],
    ['408, always', [status(408)], 3],
    ['409 for a file that is not shown', [status(409)], 1],
    ['dropped, then 503', [{ kind: 'reset' }, status(503)], 3],
    ['502, then 403', [status(502), status(403)], 2],
    ['504, then 400', [status(504), status(400)], 2],
  ])('%s: unknown', async (_title, uploads, sent) => {
    fault = answering(uploads);
    expect(await run()).toMatchObject({
      result: {
        outcome: 'unknown',
        problem: {
          code: 'pypi-outcome-unknown',
          kind: 'unknown',
          effect: 'unknown',
          rerun: 'safe',
        },
      },
      uploads: sent,
    });
    expect(await run()).toMatchObject({
      result: { outcome: 'published' },
      uploads: 2,
      state: 'identical',
    });
  });

  describe('as another run of the commit was faster, with other bytes', () => {
    /**
     * The page is empty until our first upload; of the other run's two files the first `blocked` are
     * there.
     */
    async function raced(held: number) {
      fault = answering(held === 1 ? [undefined, status(503)] : [undefined]);
      await run({ salt: 'built elsewhere' });
      let sent = false;
      fault = ({ method }) => {
        sent ||= method === 'POST';
        return sent ? undefined : status(404);
      };
      return run();
    }

    test('and finished: it is there already', async () => {
      const { result, uploads, state } = await raced(2);
      expect(result).toMatchObject({
        outcome: 'already-there',
        digest: expect.stringMatching(/^sha256:/),
      });
      expect([uploads, state]).toEqual([1, 'same-source']);
    });

    test('and did not finish: its half is not completed with ours', async () => {
      const { result, uploads, state } = await raced(1);
      expect(result).toMatchObject({
        outcome: 'incomplete',
        problem: { code: 'pypi-not-reproducible', effect: 'committed' },
      });
      expect([uploads, state]).toEqual([1, 'same-source']);
    });
  });

  describe('and the index', () => {
    test('hides what was stored: unknown, and the next run does not send it again', async () => {
      fault = answering([{ kind: 'reset', ...stored }], status(404));
      expect(await run()).toMatchObject({
        result: { outcome: 'unknown', problem: { kind: 'unknown', effect: 'unknown' } },
      });
      expect(await run()).toMatchObject({
        result: { outcome: 'published' },
        uploads: 1,
        state: 'identical',
      });
    });

    test('cannot be read: unknown, and nothing is sent again', async () => {
      fault = answering([status(503)], status(503));
      expect(await run()).toMatchObject({
        result: {
          outcome: 'unknown',
          problem: {
            code: 'pypi-outcome-unknown',
            kind: 'unknown',
            effect: 'unknown',
            rerun: 'safe',
          },
        },
        uploads: 1,
      });
    });

    test('is not asked about what nobody received: incomplete', async () => {
      const gone = await startPythonIndex();
      await gone.stop();
      expect(await run({ uploadUrl: gone.uploadUrl })).toMatchObject({
        result: {
          outcome: 'incomplete',
          problem: { code: 'pypi-unreachable', kind: 'incomplete', effect: 'none', rerun: 'safe' },
        },
        uploads: 0,
        reads: 1,
        state: 'absent',
      });
    });
  });
});
