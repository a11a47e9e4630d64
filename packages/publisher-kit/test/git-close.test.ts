import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractRepository } from '@ameide/publisher-kit/contract';
import { expect, test } from 'vitest';

const kit = JSON.stringify(pathToFileURL(join(import.meta.dirname, '../src/index.ts')).href);

test('closing while answers are still to come keeps the program alive until it is closed', async () => {
  await using repository = await contractRepository({ 'a.txt': 'a\n' });
  const script = `
    import { openRepository } from ${kit};
    const repository = await openRepository(${JSON.stringify(repository.directory)});
    const sha = await repository.resolve('HEAD');
    const reads = Promise.allSettled([repository.commitTime(sha), repository.commitTime(${JSON.stringify(repository.older)})]);
    await repository.close();
    await reads;
    console.log('closed');
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  // Node ends with 13 when the top-level await is never settled.
  expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: 'closed\n' });
});
