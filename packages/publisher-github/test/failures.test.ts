import type { Fault, FaultSubject } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { createHttp } from '@ameide/publisher-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLab, type Lab, outcomeOf } from './lab.ts';

type Choose = (request: FaultSubject) => Fault | undefined;

let fault: Choose | undefined;
let lab: Lab;

beforeEach(async () => {
  fault = undefined;
  lab = await createLab({ fault: (request) => fault?.(request) });
});

afterEach(async () => {
  expect(lab.world.github.violations()).toEqual([]);
  await lab[Symbol.asyncDispose]();
});

/** One release, published, complete and marked; nothing else. */
async function expectOneRelease(sha: string): Promise<void> {
  expect(await lab.world.releases()).toMatchObject([
    {
      tag_name: 'v1.0.0',
      draft: false,
      prerelease: false,
      assets: [
        { name: 'LICENSE.txt', state: 'uploaded' },
        { name: 'configuration-1.0.0.tar.gz', state: 'uploaded' },
      ],
    },
  ]);
  expect(await lab.world.tag('v1.0.0')).toBe(sha);
  expect(await lab.world.latest()).toBe('v1.0.0');
}

/** Expects that a further run writes nothing. */
async function expectNothingLeft(sha: string): Promise<void> {
  const before = lab.world.proxy.mutating().length;
  expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['already-there', 'latest already']);
  expect(lab.world.proxy.mutating().length).toBe(before);
}

const WRITES = ['tag', 'draft', 'first file', 'second file', 'publication'] as const;

const FAULTS: Readonly<Record<string, Fault>> = {
  'is refused': { kind: 'status', status: 403, body: '{"message":"no"}' },
  'is not sent': { kind: 'reset' },
  'loses its answer': { kind: 'reset', forward: true },
  'is cut off': { kind: 'cut' },
  'gets half an answer': { kind: 'truncate' },
  'gets 500': { kind: 'status', status: 500 },
  'gets 502 after it was stored': { kind: 'status', status: 502, forward: true },
  'gets 503': { kind: 'status', status: 503, headers: { 'retry-after': '2' } },
  'gets a page': {
    kind: 'status',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<p>Log in',
  },
  'is limited': { kind: 'status', status: 429, headers: { 'retry-after': '2' } },
};

needs('git')('every write', () => {
  describe.each(WRITES.map((name, index) => [name, index + 1] as const))('the %s', (_, step) => {
    test.each(Object.entries(FAULTS))('%s', async (_, kind) => {
      const sha = lab.commit();
      fault = (request) => (request.step === step ? kind : undefined);
      const { problems } = await lab.run(sha, '1.0.0');
      expect(lab.world.proxy.mutating().length).toBeGreaterThanOrEqual(step);
      for (const { rerun } of problems) expect(rerun).not.toBe('never');
      fault = undefined;
      const before = lab.world.proxy.mutating().length;
      const { problems: left } = await lab.run(sha, '1.0.0');
      expect(left).toEqual([]);
      await expectOneRelease(sha);
      const isDone = problems.length === 0;
      if (isDone) expect(lab.world.proxy.mutating().length, 'writes of a second run').toBe(before);
    });
  });

  test('of a file that breaks off is repeated in the same run', async () => {
    const sha = lab.commit();
    fault = ({ step }) => (step === 4 ? { kind: 'cut' } : undefined);
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    expect(lab.world.proxy.mutating().some(({ method }) => method === 'DELETE')).toBe(true);
    await expectOneRelease(sha);
  });

  test('that a server answers with our token shows it to nobody', async () => {
    const sha = lab.commit();
    const { token } = lab.world.github;
    const body = JSON.stringify({
      message: `${token} is not welcome`,
      errors: [{ message: token }],
    });
    fault = ({ step }) => (step === 1 ? { kind: 'status', status: 422, body } : undefined);
    const report = await lab.run(sha, '1.0.0');
    expect(report.problems).toMatchObject([{ code: 'github-rejected' }]);
    expect(report.problems[0]?.message).toContain('is not welcome');
    expect(JSON.stringify(report)).not.toContain(token);
  });

  test('that is refused each time ends the run, and the next one goes on', async () => {
    const sha = lab.commit();
    fault = ({ mutating, step }) =>
      mutating && step >= 3 ? { kind: 'status', status: 403, body: '{"message":"no"}' } : undefined;
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['incomplete', 'github-forbidden']);
    fault = undefined;
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    await expectOneRelease(sha);
  });
});

needs('git')('a draft', () => {
  async function draft(sha: string): Promise<void> {
    fault = ({ method }) => (method === 'PATCH' ? { kind: 'status', status: 503 } : undefined);
    const { published, problems } = await lab.run(sha, '1.0.0');
    expect(published).toMatchObject([{ outcome: 'published' }]);
    expect(problems).toMatchObject([{ code: 'github-unavailable', rerun: 'safe' }]);
    fault = undefined;
  }

  test('with a file that broke off, and one with other bytes, gets the right ones', async () => {
    const sha = lab.commit();
    await draft(sha);
    const [made] = await lab.world.releases();
    for (const { id } of made?.assets ?? [])
      await lab.world.api('DELETE', `/releases/assets/${id}`);
    const upload = async (name: string, body: string): Promise<unknown> =>
      fetch((made?.upload_url ?? '').replace('{?name,label}', `?name=${name}`), {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${lab.world.github.token}` },
      }).catch(() => undefined);
    await upload('LICENSE.txt', 'other bytes');
    fault = ({ path }) => (path.includes('name=configuration') ? { kind: 'cut' } : undefined);
    const url = (made?.upload_url ?? '').replace(lab.world.github.url, lab.world.proxy.url);
    await fetch(url.replace('{?name,label}', '?name=configuration-1.0.0.tar.gz'), {
      method: 'POST',
      body: 'x'.repeat(100_000),
      headers: { authorization: `Bearer ${lab.world.github.token}` },
    }).catch(() => undefined);
    fault = undefined;
    const states = async () => (await lab.world.releases())[0]?.assets.map(({ state }) => state);
    await expect.poll(states).toEqual(['uploaded', 'starter']);
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['published', 'latest moved']);
    await expectOneRelease(sha);
    await expectNothingLeft(sha);
  });

  test('that a list does not show yet is made again, and one release comes of the two', async () => {
    const sha = lab.commit();
    fault = ({ count, method, path }) =>
      method === 'POST' && path.endsWith('/releases') && count === 1
        ? { kind: 'reset', forward: true }
        : undefined;
    lab.world.github.hideNewReleases(3);
    await lab.run(sha, '1.0.0');
    fault = undefined;
    lab.world.github.hideNewReleases(0);
    const { problems } = await lab.run(sha, '1.0.0');
    expect(problems).toEqual([]);
    const { problems: again } = await lab.run(sha, '1.0.0');
    expect(again).toEqual([]);
    await expectOneRelease(sha);
    await expectNothingLeft(sha);
  });

  test('of two the oldest is published, and the other one deleted', async () => {
    const sha = lab.commit();
    await draft(sha);
    const [first] = await lab.world.releases();
    const body = { tag_name: 'v1.0.0', draft: true, body: first?.body };
    await lab.world.api('POST', '/releases', body);
    expect(outcomeOf(await lab.run(sha, '1.0.0'))).toEqual(['already-there', 'latest moved']);
    expect((await lab.world.releases()).map(({ id }) => id)).toEqual([first?.id]);
    await expectOneRelease(sha);
  });

  test('of somebody else stays, and a note says so', async () => {
    const sha = lab.commit();
    await lab.world.api('POST', '/releases', { tag_name: 'v1.0.0', draft: true, body: 'Mine' });
    const { events, problems } = await lab.run(sha, '1.0.0');
    expect(problems).toEqual([]);
    expect(events.filter(({ isNote }) => isNote)).toHaveLength(1);
    const all = await lab.world.releases();
    expect(all.map(({ draft, body }) => [draft, body === 'Mine'])).toEqual([
      [false, false],
      [true, true],
    ]);
  });
});

needs('git')('rate limits', () => {
  test.each([
    ['the hour is used up', { kind: 'primary', requests: 3, seconds: 20 }],
    ['too many at once', { kind: 'secondary', requests: 3, seconds: 20 }],
    ['too many writes at once', { kind: 'secondary', requests: 2, seconds: 20, writesOnly: true }],
    ['too many, by 429', { kind: 'secondary', requests: 2, seconds: 20, status: 429 }],
  ] as const)('are waited for: %s', async (_, limit) => {
    const sha = lab.commit();
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(ms);
    const ports = { sleep, http: createHttp({ sleep }) };
    lab.world.github.limit(limit);
    const { problems } = await lab.run(sha, '1.0.0', { ports });
    expect(problems).toEqual([]);
    expect(Math.max(...waits)).toBeGreaterThan(18_000);
    await expectOneRelease(sha);
  });

  test('that last too long end the run, with the wait, and nothing is written', async () => {
    const sha = lab.commit();
    lab.world.github.limit({ kind: 'primary', requests: 100, seconds: 1800 });
    const { problems } = await lab.run(sha, '1.0.0');
    expect(problems[0]).toMatchObject({
      code: 'github-rate-limited',
      rerun: 'safe',
      hint: expect.stringMatching(/1[78]\d\d s/),
    });
    expect(lab.world.proxy.mutating()).toEqual([]);
  });
});
