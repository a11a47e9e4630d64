import { describe, expect, test } from 'vitest';
import { startRecordingProxy } from '../src/index.ts';
import { holdAnswers } from '../src/recording-proxy/hold-answers.ts';
import type { RecordedRequest } from '../src/recording-proxy/record.ts';
import { countByKind, serialRoundTrips } from '../src/recording-proxy/round-trips.ts';
import { startTarget } from './target.ts';

function record(began: number, ended: number | undefined, path = '/x'): RecordedRequest {
  return {
    method: 'GET',
    path,
    accept: undefined,
    status: 200,
    targetStatus: 200,
    mutating: false,
    bodyBytes: 0,
    answerBytes: 0,
    authorization: false,
    began,
    ended,
  };
}

describe('serial round trips', () => {
  test.each<[string, [number, number | undefined][], number]>([
    ['none', [], 0],
    [
      'one after the other',
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      3,
    ],
    [
      'all at once',
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
      1,
    ],
    [
      'a long one beside two short ones',
      [
        [0, 5],
        [1, 2],
        [3, 4],
      ],
      2,
    ],
    [
      'two beside each other, then two more',
      [
        [0, 2],
        [1, 3],
        [4, 6],
        [5, 7],
      ],
      2,
    ],
    [
      'without an end: the last link at most',
      [
        [0, undefined],
        [1, 2],
        [3, undefined],
        [4, undefined],
      ],
      2,
    ],
  ])('%s', (_title, intervals, expected) => {
    const records = intervals.map(([began, ended]) => record(began, ended));
    expect(serialRoundTrips(records)).toBe(expected);
    expect(serialRoundTrips(records.toReversed())).toBe(expected);
  });

  test('requests that wait for each other, and requests that do not, of two proxies', async () => {
    const { url } = await startTarget((_request, response) => void response.end('0123456789'));
    const held = holdAnswers();
    await using one = await startRecordingProxy(url, held);
    await using other = await startRecordingProxy(url, held);
    const ask = async (proxy: { readonly url: string }): Promise<void> =>
      void (await (await fetch(proxy.url)).text());
    const all = (): RecordedRequest[] => [...one.requests, ...other.requests];
    await Promise.all([ask(one), ask(other), ask(one)]);
    expect(serialRoundTrips(all())).toBe(1);
    await ask(one);
    await ask(other);
    expect(serialRoundTrips(all())).toBe(3);
    expect(all().every(({ began, ended }) => (ended ?? 0) > began)).toBe(true);
  });
});

test('counts by kind', () => {
  const paths = [
    '/-/whoami',
    '/@scope%2fname',
    '/@scope%2fother',
    '/@scope%2fname/1.0.0',
    '/name/1.0.0',
    '/-/package/@scope%2fname/dist-tags',
    '/simple/name/',
    '/o/r.git/info/refs?service=git-upload-pack',
    '/v2/o/i/manifests/latest',
    '/elsewhere/a/b/c',
  ];
  expect(countByKind(paths.map((path) => record(0, 1, path)))).toEqual({
    'GET npm whoami': 1,
    'GET npm package': 2,
    'GET npm version': 2,
    'GET npm dist-tags': 1,
    'GET pypi project': 1,
    'GET git refs': 1,
    'GET oci manifest by tag': 1,
    'GET /elsewhere/a/b/c': 1,
  });
});
