import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  HttpError,
  httpProblem,
  processProblem,
  remoteProblem,
  sha256Hex,
} from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { upload } from './readme.example.ts';
import { serve } from './server.ts';

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8');

test('the example in the README is the file that runs here', async () => {
  const [, block] = /```ts\n([\s\S]*?)```/.exec(await read('../README.md')) ?? [];
  expect(block).toBe(await read('./readme.example.ts'));
});

test('it uploads the same bytes each time, and a refusal is a problem', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kit-test-'));
  await writeFile(join(folder, 'a.txt'), 'a');
  await using server = await serve((_, response, count) =>
    count === 4 ? response.destroy() : response.writeHead(count === 3 ? 401 : 201).end(),
  );
  const run = (): ReturnType<typeof upload> =>
    upload(
      folder,
      ['a.txt'],
      `${server.url}/a.tgz`,
      'token-0123456789',
      new AbortController().signal,
    );

  const first = await run();
  expect(first).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(first.sha256).not.toBe(sha256Hex(''));
  expect(await run()).toEqual(first);
  expect(await run()).toMatchObject({
    problem: { code: 'demo-unauthorized', kind: 'authentication' },
  });
  expect(await run()).toMatchObject({
    problem: { code: 'demo-network', kind: 'unknown', effect: 'unknown', rerun: 'safe' },
  });
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(
    Array(4).fill('Bearer token-0123456789'),
  );
  await rm(folder, { recursive: true });
});

test('the table has the codes that the functions make, and no others', async () => {
  const base = { code: '<code>', what: 'x', effect: 'none' } as const;
  const statuses = [400, 401, 403, 404, 408, 409, 413, 425, 429, 500, 503];
  const kinds: HttpError['kind'][] = [
    'refused',
    'network',
    'timeout',
    'too-large',
    'redirect',
    'malformed',
    'insecure',
    'internal',
  ];
  const failures = ['not-found', 'exit', 'signal', 'timeout', 'too-much-output'] as const;
  const hosts = [
    'authentication',
    'not-found',
    'moved',
    'unreachable',
    'unknown-outcome',
    'other',
  ] as const;
  const made = [
    ...statuses.map((status) => httpProblem({ ...base, response: { status } })),
    ...kinds.map((kind) =>
      httpProblem({ ...base, error: new HttpError(kind, 'GET https://r.example/', 'x') }),
    ),
    ...failures.map((failure) => processProblem({ ...base, result: { failure, summary: 'x' } })),
    ...hosts.map((kind) =>
      remoteProblem({ code: '<code>', what: 'x', failure: { kind, message: 'x' } }),
    ),
  ];
  const listed = [
    ...(await read('../README.md')).matchAll(/^\| `(<code>-[a-z-]+)` .*\| (safe|after-fix) +\|$/gm),
  ].map(([, code, rerun]) => `${code} ${rerun}`);
  expect(listed.toSorted()).toEqual(
    [...new Set(made.map(({ code, rerun }) => `${code} ${rerun}`))].toSorted(),
  );
});
