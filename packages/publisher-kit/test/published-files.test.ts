import { expect, it } from 'vitest';
import { validateFiles } from '../src/files/published-files.ts';
import { literalSource } from '../src/testing/index.ts';

it('what a submodule lacks is missing where the submodule is published, and only there', async () => {
  const source = literalSource(
    { 'sdk/a.txt': 'a' },
    {
      missing: [
        { path: 'sdk/protos/deep', reason: 'submodule' },
        { path: 'sdk/protos/large.bin', reason: 'lfs' },
      ],
    },
  );
  const objectId = '0'.repeat(40);
  const file = { path: 'sdk/a.txt', mode: 'file', objectId } as const;
  const submodule = { path: 'sdk/protos', mode: 'submodule', objectId } as const;
  const question = { source, project: 'npm:sdk' };
  const found = await validateFiles({ ...question, files: [file, submodule] });
  expect(found).toMatchObject([
    { code: 'submodule-missing', path: 'sdk/protos/deep' },
    { code: 'lfs-content-missing', path: 'sdk/protos/large.bin' },
  ]);
  expect(await validateFiles({ ...question, files: [file] })).toEqual([]);
});
