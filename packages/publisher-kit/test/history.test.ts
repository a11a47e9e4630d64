import { expect, it, vi } from 'vitest';
import { createHistory } from '../src/git/repository/history.ts';

const COMMITS = ['a'.repeat(40), 'b'.repeat(40)];
const complete = async (id: string): Promise<string | undefined> =>
  COMMITS.find((one) => one.startsWith(id));

it('asks git once for a pair of commits, however often and by however many digits', async () => {
  const commonAncestor = vi.fn(async (a: string) => a);
  const history = createHistory({ isShallow: false, complete, commonAncestor });
  const [first = '', second = ''] = COMMITS;
  const answers = await Promise.all([
    history.relation(first, second),
    history.relation('aaaaaaa', second),
  ]);
  expect([...answers, await history.relation(first, 'bbbbbbb')]).toEqual([
    'ancestor',
    'ancestor',
    'ancestor',
  ]);
  expect(commonAncestor).toHaveBeenCalledOnce();
});

it('asks git again after a failure', async () => {
  const commonAncestor = vi.fn(async (_a: string, b: string) => b);
  commonAncestor.mockRejectedValueOnce(new Error('a damaged object'));
  const history = createHistory({ isShallow: false, complete, commonAncestor });
  await expect(history.relation('a', 'b')).rejects.toThrow('a damaged object');
  expect(await history.relation('a', 'b')).toBe('descendant');
});
