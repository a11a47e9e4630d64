import { expect, test } from 'vitest';
import { createRunAnswers } from '../src/index.ts';

/** A question that is answered when the test says so. */
function question() {
  const asked: PromiseWithResolvers<string>[] = [];
  const ask = async (): Promise<string> => {
    const { promise, ...rest } = Promise.withResolvers<string>();
    asked.push({ promise, ...rest });
    return promise;
  };
  return { ask, asked };
}

const { signal } = new AbortController();
const other = new AbortController().signal;

test('the same question at the same time is asked once, and later it is asked again', async () => {
  const answers = createRunAnswers();
  const { ask, asked } = question();
  const both = [answers.join(signal, 'x', ask), answers.join(signal, 'x', ask)];
  const elsewhere = [answers.join(signal, 'y', ask), answers.join(other, 'x', ask)];
  expect(asked).toHaveLength(3);
  for (const [index, { resolve }] of asked.entries()) resolve(`answer ${index}`);
  expect(await Promise.all(both)).toEqual(['answer 0', 'answer 0']);
  expect(await Promise.all(elsewhere)).toEqual(['answer 1', 'answer 2']);
  void answers.join(signal, 'x', ask);
  expect(asked).toHaveLength(4);
});

test('a failure reaches everybody who waits for it, and is not kept', async () => {
  const answers = createRunAnswers();
  const { ask, asked } = question();
  const both = [answers.get(signal, 'x', ask), answers.get(signal, 'x', ask)];
  asked[0]?.reject(new Error('no answer'));
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
  ]);
  void answers.get(signal, 'x', ask);
  expect(asked).toHaveLength(2);
});

test('an answer that may be kept is kept until it is refreshed, or something is written', async () => {
  const answers = createRunAnswers();
  const say = (answer: string) => async (): Promise<string> => answer;
  const isGood = (answer: string): boolean => answer !== 'absent';
  const get = async (answer: string): Promise<string> =>
    answers.get(signal, 'x', say(answer), isGood);
  expect([await get('absent'), await get('1'), await get('2')]).toEqual(['absent', '1', '1']);
  expect(await answers.refresh(signal, 'x', say('3'), isGood)).toBe('3');
  expect(await get('4')).toBe('3');
  expect(await answers.refresh(signal, 'x', say('absent'), isGood)).toBe('absent');
  expect(await get('5')).toBe('5');
  answers.forget();
  expect(await get('6')).toBe('6');
});

test('an answer to a question from before a write is neither shared nor kept after it', async () => {
  const answers = createRunAnswers();
  const { ask, asked } = question();
  const before = answers.get(signal, 'x', ask);
  answers.forget();
  const after = answers.get(signal, 'x', ask);
  asked[1]?.resolve('new');
  asked[0]?.resolve('old');
  expect([await before, await after]).toEqual(['old', 'new']);
  expect(await answers.get(signal, 'x', ask)).toBe('new');
});

test('an answer that is kept for a while is shared until then, and asked for again afterwards', async () => {
  const answers = createRunAnswers();
  let now = 0;
  let asked = 0;
  const read = async (name = 'x'): Promise<number> => {
    const askedAt = now;
    const ask = async (): Promise<number> => (asked += 1);
    return answers.get(signal, name, ask, () => now - askedAt < 10);
  };
  expect(await Promise.all([read(), read()])).toEqual([1, 1]);
  now = 9;
  expect(await read()).toBe(1);
  now = 10;
  expect(await Promise.all([read(), read(), read('y')])).toEqual([2, 2, 3]);
  expect(await read()).toBe(2);
});

test('one answer is forgotten, and the others are not', async () => {
  const answers = createRunAnswers();
  const { ask, asked } = question();
  const before = ['x', 'y'].map((name) => answers.get(signal, name, ask));
  answers.forgetOne(signal, 'x');
  const after = ['x', 'y'].map((name) => answers.get(signal, name, ask));
  for (const [index, { resolve }] of asked.entries()) resolve(`answer ${index}`);
  expect(await Promise.all([...before, ...after])).toEqual([
    'answer 0',
    'answer 1',
    'answer 2',
    'answer 1',
  ]);
  expect(await answers.get(signal, 'x', ask)).toBe('answer 2');
});

test('steps without a run share nothing', async () => {
  const answers = createRunAnswers();
  const { ask, asked } = question();
  void answers.get(undefined, 'x', ask);
  void answers.get(undefined, 'x', ask);
  expect(asked).toHaveLength(2);
});
