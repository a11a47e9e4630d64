import { expect, test } from 'vitest';
import { createLastLook } from '../src/pointers/last-look.ts';

/** What is read is the number of the read. */
function lookAt(...tags: readonly string[]) {
  const count = { reads: 0 };
  return { count, look: createLastLook(tags, async () => ++count.reads) };
}

test('reads once, with the last look at the last tag', async () => {
  const { count, look } = lookAt('latest', '0.1', 'next');
  look.writes('latest');
  look.writes('0.1');
  look.looks('latest');
  look.ends('next');
  expect(count.reads).toBe(0);
  look.looks('0.1');
  expect(count.reads).toBe(1);
  look.ends('0.1');
  look.ends('latest');
  expect(await look.found()).toBe(1);
});

test('a tag that is written again: what was read before the write does not count', async () => {
  const { look } = lookAt('latest', '0.1');
  look.looks('latest');
  look.looks('0.1');
  look.writes('latest');
  look.ends('0.1');
  look.looks('latest');
  expect(await look.found()).toBe(2);
});

test('a tag that is written again, and then not seen: it is read at the end', async () => {
  const { look } = lookAt('latest');
  look.looks('latest');
  look.writes('latest');
  look.ends('latest');
  expect(await look.found()).toBe(2);
});

test('the last tag ends without a last look: it is read at the end', async () => {
  const { count, look } = lookAt('latest', '0.1');
  look.looks('latest');
  look.ends('0.1');
  expect(count.reads).toBe(0);
  expect(await look.found()).toBe(1);
});

test('a read that fails is reported when it is asked for', async () => {
  const look = createLastLook(['latest'], async () => Promise.reject(new Error('ended')));
  look.looks('latest');
  await expect(look.found()).rejects.toThrow('ended');
});
