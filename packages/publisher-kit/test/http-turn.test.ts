import { createHttp, inTurn, settleAll, whenSent } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';
import { fakeTime, serve, type TestServer } from './server.ts';

/** A stand-in registry that refuses what comes while it has `places` requests, and counts. */
async function startBusy(
  places: number,
  retryAfter?: string,
): Promise<TestServer & { readonly refused: () => number }> {
  let [running, refused] = [0, 0];
  const server = await serve(({ url }, response) => {
    if (running >= places) {
      refused += 1;
      response.writeHead(429, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end();
      return;
    }
    running += 1;
    setImmediate(() => {
      running -= 1;
      response.end(url);
    });
  });
  return Object.assign(server, { refused: () => refused });
}

function items(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

describe('requests to one server', () => {
  test('are sent 32 at a time, whoever sends them', async () => {
    const answers: (() => void)[] = [];
    let most = 0;
    // Answers nothing until 32 have come.
    await using server = await serve(({ url }, response) => {
      answers.push(() => response.end(url));
      most = Math.max(most, answers.length);
      if (answers.length === 32) for (const answer of answers.splice(0)) answer();
    });
    const clients = [createHttp(), createHttp()];
    const sent = await settleAll(
      items(96).map(async (item) =>
        clients[item % 2]?.request({ method: 'GET', url: `${server.url}/${item}` }),
      ),
    );
    expect(sent.map((answer) => answer?.text())).toEqual(items(96).map((item) => `/${item}`));
    expect(most).toBe(32);
  });

  test.each([3, 8])('become fewer if more than %i are refused, and all arrive', async (places) => {
    await using server = await startBusy(places, '1');
    const answers = await settleAll(
      items(400).map(async (item) =>
        createHttp({ ...fakeTime().ports, attempts: 20 }).request({
          method: 'PUT',
          url: `${server.url}/${item}`,
          body: 'x',
          retry: 'idempotent',
        }),
      ),
    );
    expect(answers.map((answer) => answer.text())).toEqual(items(400).map((item) => `/${item}`));
    // The first ones come together; after that each refusal makes place for many.
    expect(server.refused()).toBeLessThan(32 + 100);
  });

  test('all wait for as long as one of them was told to', async () => {
    const waits: number[] = [];
    const sleep = async (ms: number): Promise<void> => void waits.push(Math.round(ms / 1000));
    await inTurn('https://waits.example', async (turn) => turn.answered(429, 30_000), { sleep });
    await inTurn('https://waits.example', async (turn) => turn.answered(200), { sleep });
    await inTurn('https://other.example', async (turn) => turn.answered(200), { sleep });
    expect(waits).toEqual([30]);
  });

  test('do not wait if the server asks for a day: each is refused', async () => {
    const sleep = (): Promise<never> => Promise.reject(new Error('it waits'));
    const day = 86_400_000;
    await inTurn('https://day.example', async (turn) => turn.answered(503, day), { sleep });
    expect(await inTurn('https://day.example', async () => 'sent', { sleep })).toBe('sent');
  });

  test('do not hold up those to another server, and an abort ends the wait', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const running = items(32).map(async () => inTurn('https://slow.example', async () => held));
    const controller = new AbortController();
    const [aborted, next] = [controller.signal, AbortSignal.any([])].map(async (signal) =>
      inTurn('https://slow.example', async () => 'sent', { signal }),
    );
    expect(await inTurn('https://fast.example', async () => 'sent')).toBe('sent');
    controller.abort(new Error('stopped'));
    await expect(aborted).rejects.toThrow('stopped');
    release();
    expect(await next).toBe('sent');
    await Promise.all(running);
  });

  test('have their whole timeout once they are sent', async () => {
    await using server = await serve((_, response) => response.end('there'));
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const time = fakeTime();
    const running = items(32).map(async () => inTurn(server.url, async () => held));
    const asked = createHttp(time.ports).request({
      method: 'GET',
      url: server.url,
      deadlineMs: 1000,
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.seen).toEqual([]);
    await time.ports.sleep(60_000);
    release();
    expect((await asked).text()).toBe('there');
    await Promise.all(running);
  });

  test('go first if they write, and tell when they had their turn, not when they came', async () => {
    const origin = 'https://full.example';
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const order: string[] = [];
    const running = items(32).map(async () => inTurn(origin, async () => held));
    const note = (name: string) => async (): Promise<void> => void order.push(name);
    const waiting = [
      inTurn(origin, note('read')),
      whenSent(
        async () => {
          await inTurn(origin, note('timed read'));
          await inTurn(origin, note('its second request'));
        },
        () => order.push('told'),
      ),
      inTurn(origin, note('write'), { isWrite: true }),
    ];
    await new Promise((resolve) => setImmediate(resolve));
    expect(order).toEqual([]);
    release();
    await Promise.all([...running, ...waiting]);
    expect(order).toEqual(['write', 'read', 'told', 'timed read', 'its second request']);
  });

  test('calls inside of each other are all told when the first request is sent, once', async () => {
    const told: string[] = [];
    const send = async (): Promise<void> => inTurn('https://nested.example', async () => undefined);
    await whenSent(
      async () => {
        await whenSent(send, () => told.push('inner'));
        await send();
      },
      () => told.push('outer'),
    );
    expect(told).toEqual(['inner', 'outer']);
  });

  test.each(['PUT', 'POST', 'DELETE', 'PATCH'] as const)('%s goes before GET', async (method) => {
    await using server = await serve((_, response) => response.end());
    const holding = items(32).map(() => Promise.withResolvers<void>());
    const running = holding.map(async ({ promise }) => inTurn(server.url, async () => promise));
    const sent = (['GET', 'HEAD', method] as const).map(async (one) =>
      createHttp().request({ method: one, url: server.url }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    // One place: what has it passes it on.
    holding[0]?.resolve();
    await Promise.all(sent);
    expect(server.seen.map((request) => request.method)).toEqual([method, 'GET', 'HEAD']);
    for (const { resolve } of holding) resolve();
    await Promise.all(running);
  });

  test('give their place to the next one when they fail', async () => {
    const failing = items(100).map(async () =>
      inTurn('https://failing.example', () => Promise.reject(new Error('no'))),
    );
    const outcomes = await Promise.allSettled(failing);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });
});
