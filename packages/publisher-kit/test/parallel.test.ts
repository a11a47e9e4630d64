import { inParallel, settleAll } from '@ameide/publisher-kit';
import { describe, expect, it } from 'vitest';

describe('settleAll', () => {
  it('gives every result, and rejects only when nothing runs any more', async () => {
    expect(await settleAll([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
    let ended = false;
    const slow = async (): Promise<void> => {
      for (let turns = 0; turns < 5; turns++) await turn();
      ended = true;
    };
    await expect(settleAll([Promise.reject(new Error('no')), slow()])).rejects.toThrow('no');
    expect(ended).toBe(true);
  });
});

describe('inParallel', () => {
  it('gives the results in the order of the items, whichever is done first', async () => {
    const waits = [3, 1, 2, 0];
    const work = async (turns: number): Promise<string> => {
      for (let n = 0; n < turns; n++) await turn();
      return `after ${turns}`;
    };
    expect(await inParallel(waits, work, 2)).toEqual(['after 3', 'after 1', 'after 2', 'after 0']);
    expect(await inParallel([], work)).toEqual([]);
    expect(await inParallel([undefined, undefined], async (item) => item)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('has no more under way than it may, and as many', async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++running);
      await turn();
      running -= 1;
    };
    await inParallel(Array.from({ length: 20 }), work, 3);
    expect(most).toBe(3);
  });

  it('begins nothing after a failure, and waits for what runs before it rejects', async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = async (n: number): Promise<void> => {
      begun.push(n);
      if (n === 1) throw new Error('one');
      for (let turns = 0; turns < 5; turns++) await turn();
      ended.push(n);
      if (n === 2) throw new Error('two');
    };
    await expect(inParallel([0, 1, 2, 3, 4], work, 3)).rejects.toThrow('one');
    expect([begun, ended]).toEqual([
      [0, 1, 2],
      [0, 2],
    ]);
  });

  it('rejects when work throws before it gives a promise', async () => {
    const work = (): Promise<void> => {
      throw new Error('at once');
    };
    await expect(inParallel([1, 2], work)).rejects.toThrow('at once');
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
