import { needs } from '@ameide/local-registries/components';
import { expect, it } from 'vitest';
import { openRepository } from '../src/git/index.ts';
import { type Sample, sample } from './git/sample.ts';

let seconds = 1763047931;
function commit(repo: Sample, message: string): string {
  seconds += 60;
  return repo.commit(message, `${seconds} +0000`);
}

needs('git')('the commits that HEAD has and another lacks', () => {
  it('are counted along all of history; another branch has its own count, and an unknown commit none', async () => {
    using repo = sample();
    const first = commit(repo, 'one');
    repo.git('checkout', '-q', '-b', 'other');
    const other = commit(repo, 'on another branch');
    repo.git('checkout', '-q', '-b', 'later', first);
    commit(repo, 'two');
    const head = commit(repo, 'three');
    await using repository = await openRepository(repo.directory);
    const counts = [head, first, other, 'e'.repeat(40), '--all'].map(async (sha) =>
      repository.commitsSince(sha),
    );
    expect(await Promise.all(counts)).toEqual([0, 2, 2, undefined, undefined]);
  });
});
