import { describe, expect, test } from 'vitest';
import { type Answer, createPace, type Seen, type Written, write } from '../src/index.ts';

/** One attempt's answer, in short. `again`: the same request may be accepted later. */
const ANSWERS = {
  accepted: { state: 'accepted' },
  'not processed, again': { state: 'not-processed', again: true, reason: 'no connection' },
  'not processed, final': { state: 'not-processed', again: false, reason: 'no rights' },
  'denied, again': { state: 'denied', again: true, reason: '503' },
  'denied, final': { state: 'denied', again: false, reason: '400' },
  'doubtful, again': { state: 'doubtful', again: true, reason: 'reset' },
  'doubtful, final': { state: 'doubtful', again: false, reason: 'answer too large' },
} as const satisfies Readonly<Record<string, Answer<string>>>;
type Name = keyof typeof ANSWERS;

const STATES = ['absent', 'identical', 'same-source', 'conflict', 'unknown'] as const;
type State = (typeof STATES)[number];

interface Run {
  readonly result: Written<Seen, string>;
  /** `send`, `look` and `wait`, in their order. */
  readonly steps: string;
}

/** Runs the protocol over answers and looks in turn, the last of each for ever. */
async function run(answers: readonly Answer<string>[], looks: readonly State[]): Promise<Run> {
  const steps: string[] = [];
  const count = (name: string): number => steps.filter((step) => step === name).length;
  const pace = createPace(new AbortController().signal, {
    sleep: async () => void steps.push('wait'),
    random: () => 0,
  });
  const result = await write<Seen, string>(
    {
      async send() {
        steps.push('send');
        return answers[Math.min(count('send'), answers.length) - 1] as Answer<string>;
      },
      async read() {
        steps.push('look');
        return { state: looks[Math.min(count('look'), looks.length) - 1] as State };
      },
    },
    pace,
  );
  return { result, steps: steps.join(' ') };
}

const seen = (state: State): { state: string; seen: Seen } => ({ state: 'found', seen: { state } });
const THREE = 'send look wait send look wait send look';

describe('the same answer to every attempt, by what every look shows', () => {
  const ending = (name: Name, state: State): { result: object; steps: string } => {
    const answer: Answer<string> = ANSWERS[name];
    if (answer.state === 'accepted') {
      return { result: { state: 'accepted', afterDoubt: false }, steps: 'send' };
    }
    const { again, reason } = answer;
    if (answer.state === 'not-processed') {
      const steps = again ? 'send wait send wait send' : 'send';
      return { result: { state: 'not-written', reason }, steps };
    }
    if (state === 'unknown') {
      return { result: { state: 'unknown', reason, unread: { state } }, steps: 'send look' };
    }
    if (state !== 'absent') return { result: seen(state), steps: 'send look' };
    const tries = again ? THREE : 'send look';
    return answer.state === 'doubtful'
      ? { result: { state: 'unknown', reason }, steps: `${tries} wait look` }
      : { result: { state: 'not-written', reason }, steps: again ? `${tries} wait look` : tries };
  };

  const table = (Object.keys(ANSWERS) as Name[]).flatMap((name) =>
    STATES.map((state) => [name, state, ending(name, state)] as const),
  );
  test.each(table)('%s, and %s is seen', async (name, state, expected) => {
    expect(await run([ANSWERS[name]], [state])).toEqual(expected);
  });
});

describe('answers that differ', () => {
  test.each<[string, readonly Name[], readonly State[], object, string]>([
    [
      'sent again after a refusal that passes: accepted',
      ['denied, again', 'accepted'],
      ['absent'],
      { state: 'accepted', afterDoubt: true },
      'send look wait send',
    ],
    [
      'nobody received the first: accepted, without doubt',
      ['not processed, again', 'accepted'],
      [],
      { state: 'accepted', afterDoubt: false },
      'send wait send',
    ],
    [
      'what was doubted is accepted the second time',
      ['doubtful, again', 'accepted'],
      ['absent'],
      { state: 'accepted', afterDoubt: true },
      'send look wait send',
    ],
    [
      'what was doubted shows at the second look',
      ['doubtful, again', 'denied, final'],
      ['absent', 'identical'],
      seen('identical'),
      'send look wait send look',
    ],
    [
      'what was doubted shows at the last look',
      ['doubtful, again'],
      ['absent', 'absent', 'absent', 'identical'],
      seen('identical'),
      `${THREE} wait look`,
    ],
    [
      'what was denied shows at the last look',
      ['denied, again'],
      ['absent', 'absent', 'absent', 'identical'],
      seen('identical'),
      `${THREE} wait look`,
    ],
    [
      'another run comes between two attempts',
      ['denied, again'],
      ['absent', 'conflict'],
      seen('conflict'),
      'send look wait send look',
    ],
    [
      'one doubt is not undone by a final refusal',
      ['doubtful, again', 'denied, final'],
      ['absent'],
      { state: 'unknown', reason: '400' },
      'send look wait send look wait look',
    ],
    [
      'nor by missing rights, which are not looked after',
      ['doubtful, again', 'not processed, final'],
      ['absent'],
      { state: 'unknown', reason: 'no rights' },
      'send look wait send wait look',
    ],
    [
      'nor by a server that has gone away',
      ['doubtful, again', 'not processed, again'],
      ['absent'],
      { state: 'unknown', reason: 'no connection' },
      'send look wait send wait send wait look',
    ],
    [
      'a denied attempt is believed when a look shows nothing',
      ['denied, again', 'denied, final'],
      ['absent'],
      { state: 'not-written', reason: '400' },
      'send look wait send look',
    ],
    [
      'the last look cannot be read',
      ['denied, again'],
      ['absent', 'absent', 'absent', 'unknown'],
      { state: 'unknown', reason: '503', unread: { state: 'unknown' } },
      `${THREE} wait look`,
    ],
  ])('%s', async (_title, names, looks, result, steps) => {
    const answers = names.map((name): Answer<string> => ANSWERS[name]);
    expect(await run(answers, looks)).toEqual({ result, steps });
  });
});

/**
 * A fake server that does what its answers allow: `accepted` has stored, `not-processed` has not, `denied`
 * and `doubtful` may have. It shows what it stored at once, or `hides` it for so many looks.
 */
interface Server {
  readonly answers: readonly Name[];
  /** Whether the attempt of the same number was stored. */
  readonly stores: readonly boolean[];
  readonly hides: number;
}

/** Every server with three attempts that can be. */
function* servers(): Generator<Server> {
  const attempts: [Name, boolean][] = (Object.keys(ANSWERS) as Name[]).flatMap((name) => {
    const can = ANSWERS[name].state;
    if (can === 'accepted') return [[name, true]];
    return can === 'not-processed'
      ? [[name, false]]
      : [
          [name, false],
          [name, true],
        ];
  });
  for (const one of attempts)
    for (const two of attempts)
      for (const three of attempts)
        for (const hides of [0, 1, 2, 3, 9]) {
          const all = [one, two, three];
          yield { answers: all.map(([n]) => n), stores: all.map(([, s]) => s), hides };
        }
}

async function runServer({ answers, stores, hides }: Server) {
  let [sends, looks, stored, waits] = [0, 0, false, 0];
  const pace = createPace(new AbortController().signal, { sleep: async () => void waits++ });
  const result = await write<Seen, string>(
    {
      async send() {
        const answer = ANSWERS[answers[sends] as Name];
        stored ||= stores[sends] === true;
        sends++;
        return answer;
      },
      read: async () => ({ state: stored && looks++ >= hides ? 'identical' : 'absent' }),
    },
    pace,
  );
  return { result, sends, stored, waits };
}

test('whatever a server does: the result is true, in bounded steps', async () => {
  let count = 0;
  for (const server of servers()) {
    const { result, sends, stored, waits } = await runServer(server);
    const about = JSON.stringify({ server, result });
    expect(sends, about).toBeLessThanOrEqual(3);
    expect(waits, about).toBeLessThanOrEqual(3);
    if (result.state === 'accepted' || result.state === 'found') expect(stored, about).toBe(true);
    const wasDoubtful = server.answers
      .slice(0, sends)
      .some((name) => ANSWERS[name].state === 'doubtful');
    if (result.state === 'unknown') expect(wasDoubtful, about).toBe(true);
    // "Not written" of what is stored: only when the server denied it and hid it from every look.
    if (result.state === 'not-written' && server.hides === 0) expect(stored, about).toBe(false);
    if (result.state === 'not-written') expect(wasDoubtful, about).toBe(false);
    count++;
  }
  expect(count).toBe(11 ** 3 * 5);
});

describe('waits', () => {
  const BUSY = { state: 'denied', again: true, reason: '429' } as const;

  /** A clock that only waiting moves. */
  function clock(random: number) {
    let time = 0;
    const waits: number[] = [];
    const pace = createPace(new AbortController().signal, {
      sleep: async (ms) => {
        waits.push(ms);
        time += ms;
      },
      random: () => random,
      now: () => time,
    });
    return { waits, pace };
  }

  async function busy(afterMs: number | undefined, random = 0) {
    const { waits, pace } = clock(random);
    const send = async (): Promise<Answer<string>> => ({ ...BUSY, afterMs });
    const { state } = await write({ send, read: async () => ({ state: 'absent' }) }, pace);
    return { state, waits };
  }

  test.each<[string, number | undefined, number, readonly number[]]>([
    ['nothing: half a second, doubling', undefined, 0, [500, 1000, 2000]],
    ['nothing: with jitter up to twice as much', undefined, 1, [1000, 2000, 4000]],
    ['4 s: they are waited for', 4000, 0, [4000, 4000, 2000]],
    ['less than the backoff', 10, 0, [500, 1000, 2000]],
    ['a minute: the longest that is waited for', 60_000, 0, [60_000, 60_000, 2000]],
    ['half an hour: not waited for, but looked at once more', 1_934_000, 0, [500]],
  ])('a server that asks for %s', async (_title, afterMs, random, waits) => {
    expect(await busy(afterMs, random)).toEqual({ state: 'not-written', waits });
  });

  test('are bounded over all writes of a run, and end in "not written"', async () => {
    const { waits, pace } = clock(0);
    const work = {
      send: async (): Promise<Answer<string>> => ({ ...BUSY, afterMs: 30_000 }),
      read: async (): Promise<Seen> => ({ state: 'absent' }),
    };
    for (let n = 0; n < 20; n++)
      expect(await write(work, pace)).toMatchObject({ state: 'not-written' });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(150_000);
    expect(waits.filter((ms) => ms === 30_000)).toHaveLength(4);
  });

  test('of writes at the same time count once', async () => {
    let time = 0;
    const pace = createPace(new AbortController().signal, {
      sleep: async () => undefined,
      random: () => 0,
      now: () => time,
    });
    const all = await Promise.all(Array.from({ length: 50 }, () => pace.pause(1, 60_000)));
    expect(all.every(Boolean)).toBe(true);
    time = 60_000;
    expect(await pace.pause(1, 60_000)).toBe(true);
    time = 120_000;
    expect(await pace.pause(1, 60_000)).toBe(false);
    expect(await pace.pause(1, 30_000)).toBe(true);
  });
});

describe('an abort', () => {
  const reason = new Error('cancelled');
  const again: Answer<string> = { state: 'denied', again: true, reason: '503' };

  test('ends a wait at once, and nothing more is sent', async () => {
    const controller = new AbortController();
    let sends = 0;
    const running = write<Seen, string>(
      {
        async send() {
          sends++;
          return { ...again, afterMs: 50_000 };
        },
        async read() {
          setTimeout(() => controller.abort(reason), 5);
          return { state: 'absent' };
        },
      },
      createPace(controller.signal),
    );
    await expect(running).rejects.toBe(reason);
    expect(sends).toBe(1);
  });

  test('that a wait does not notice starts no other send', async () => {
    const controller = new AbortController();
    let sends = 0;
    const pace = createPace(controller.signal, { sleep: async () => controller.abort(reason) });
    const send = async (): Promise<Answer<string>> => {
      sends++;
      return again;
    };
    await expect(write({ send, read: async () => ({ state: 'absent' }) }, pace)).rejects.toBe(
      reason,
    );
    expect(sends).toBe(1);
  });

  test('before the first attempt sends nothing', async () => {
    let sends = 0;
    const pace = createPace(AbortSignal.abort(reason));
    const send = async (): Promise<Answer<string>> => {
      sends++;
      return again;
    };
    await expect(write({ send, read: async () => ({ state: 'absent' }) }, pace)).rejects.toBe(
      reason,
    );
    expect(sends).toBe(0);
  });
});
