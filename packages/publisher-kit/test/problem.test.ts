import {
  cleanText,
  HttpError,
  type HttpFailure,
  httpProblem,
  processProblem,
} from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';

const base = { code: 'npm', what: 'publish npm:a@1.0.0', coordinate: 'npm:a@1.0.0' } as const;
const answered = (
  status: number,
  more: Partial<HttpFailure> = {},
): ReturnType<typeof httpProblem> =>
  httpProblem({ ...base, response: { status }, effect: 'unknown', ...more });

describe('httpProblem', () => {
  test.each([
    [401, 'npm-unauthorized', 'authentication', 'after-fix'],
    [403, 'npm-forbidden', 'authentication', 'after-fix'],
    [404, 'npm-not-found', 'unknown', 'after-fix'],
    [408, 'npm-unavailable', 'unknown', 'safe'],
    [409, 'npm-rejected', 'unknown', 'after-fix'],
    [400, 'npm-rejected', 'unknown', 'after-fix'],
    [413, 'npm-too-large', 'unknown', 'after-fix'],
    [429, 'npm-rate-limited', 'unknown', 'safe'],
    [500, 'npm-unavailable', 'unknown', 'safe'],
    [503, 'npm-unavailable', 'unknown', 'safe'],
  ])('%i is %s', (status, code, kind, rerun) => {
    const problem = answered(status);
    expect(problem).toMatchObject({
      code,
      kind,
      rerun,
      effect: 'unknown',
      coordinate: 'npm:a@1.0.0',
    });
    expect(problem.hint).toMatch(/\.$/);
    expect(answered(status, { effect: 'none' }).kind).toBe(
      kind === 'unknown' ? 'incomplete' : kind,
    );
  });

  test('the message is one sentence, with the server’s words made printable', () => {
    expect(answered(503).message).toBe('Could not publish npm:a@1.0.0: the server answered 503.');
    const response = { status: 400, statusText: 'File already exists.\r\n\u001b[31m\u202e' };
    expect(answered(400, { response }).message).toBe(
      'Could not publish npm:a@1.0.0: the server answered 400 (File already exists. [31m).',
    );
    expect(answered(400, { response, detail: 'x'.repeat(999) }).message.length).toBeLessThan(300);
  });

  test('says where a refused token came from, if that is known', () => {
    expect(answered(401).hint).toMatch(/^Set a valid token: /);
    expect(answered(401, { tokenFrom: 'NPM_TOKEN' }).hint).toMatch(
      /^Set a valid token in NPM_TOKEN: /,
    );
  });

  test('says how long a server asks to wait', () => {
    const response = { status: 429, headers: new Headers({ 'retry-after': '1934' }) };
    expect(answered(429, { response }).hint).toBe(
      'Run the same command again after the wait that the server asks for (1934 s).',
    );
  });

  test.each<[HttpError['kind'], string, string, string, string]>([
    ['refused', 'npm-unreachable', 'incomplete', 'none', 'safe'],
    ['network', 'npm-network', 'unknown', 'unknown', 'safe'],
    ['timeout', 'npm-timeout', 'unknown', 'unknown', 'safe'],
    ['malformed', 'npm-malformed', 'unknown', 'unknown', 'safe'],
    ['too-large', 'npm-answer-too-large', 'unknown', 'unknown', 'after-fix'],
    ['redirect', 'npm-redirect', 'unknown', 'unknown', 'after-fix'],
    ['insecure', 'npm-insecure', 'incomplete', 'none', 'after-fix'],
    ['internal', 'npm-internal-address', 'incomplete', 'none', 'after-fix'],
  ])('an error of kind %s is %s', (errorKind, code, kind, effect, rerun) => {
    const error = new HttpError(errorKind, 'PUT https://r.example/a', 'it went wrong');
    const problem = httpProblem({ ...base, error, effect: 'unknown' });
    expect(problem).toMatchObject({ code, kind, effect, rerun, cause: error });
    expect(problem.message).toBe(
      'Could not publish npm:a@1.0.0: PUT https://r.example/a: it went wrong.',
    );
    expect(httpProblem({ ...base, error, effect: 'none' })).toMatchObject({
      kind: 'incomplete',
      effect: 'none',
    });
    expect(httpProblem({ ...base, error, effect: 'committed' })).toMatchObject({
      kind: 'incomplete',
      effect: 'committed',
    });
  });

  test('aborts and bugs are thrown on', () => {
    const bug = new TypeError('a bug');
    expect(() => httpProblem({ ...base, error: bug, effect: 'none' })).toThrow(bug);
  });
});

describe('processProblem', () => {
  const result = { summary: 'go list -m: exit code 1: no such module' } as const;

  test.each([
    ['not-found', 'go-not-found', 'after-fix', 'incomplete', 'none'],
    ['exit', 'go-failed', 'after-fix', 'unknown', 'unknown'],
    ['signal', 'go-killed', 'safe', 'unknown', 'unknown'],
    ['timeout', 'go-timeout', 'safe', 'unknown', 'unknown'],
    ['too-much-output', 'go-too-much-output', 'after-fix', 'unknown', 'unknown'],
  ] as const)('%s is %s', (failure, code, rerun, kind, effect) => {
    const problem = processProblem({
      code: 'go',
      what: 'read the module',
      result: { ...result, failure },
      effect: 'unknown',
      coordinate: 'go:a@v1.0.0',
    });
    expect(problem).toMatchObject({ code, rerun, kind, effect, coordinate: 'go:a@v1.0.0' });
    expect(problem.message).toBe(
      'Could not read the module: go list -m: exit code 1: no such module.',
    );
    expect(problem.hint).toMatch(/\.$/);
  });

  test('of several lines the last are shown, each on its own, and none twice', () => {
    const summary = 'pnpm install: exit code 1: see the lockfile';
    const lastLines = ['ERR_PNPM_OUTDATED_LOCKFILE', '  see the lockfile'];
    const message = processProblem({
      code: 'prepare',
      what: 'install',
      result: { failure: 'exit', summary, lastLines },
    }).message;
    expect(message.split('\n')).toEqual([
      'Could not install: pnpm install: exit code 1. It printed at the end:',
      '  ERR_PNPM_OUTDATED_LOCKFILE',
      '    see the lockfile',
    ]);
  });

  test('a local program has no effect on servers, unless it is said to', () => {
    const failed = { code: 'go', what: 'build', result: { ...result, failure: 'exit' } } as const;
    expect(processProblem(failed)).toMatchObject({ kind: 'incomplete', effect: 'none' });
    expect(processProblem({ ...failed, kind: 'input', hint: 'Fix go.mod.' })).toMatchObject({
      kind: 'input',
      hint: 'Fix go.mod.',
    });
  });
});

test('cleanText keeps ordinary text of any language', () => {
  expect(cleanText('  Größe  日本\u2028語 \u0007 ok. ')).toBe('Größe 日本 語 ok');
});
