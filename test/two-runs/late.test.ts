import { startOciRegistry } from '@ameide/local-registries';
import { createTestRepository } from '@ameide/publisher-kit/testing';
import type { ReleaseReport } from '@ameide/release';
import { expect, test, vi } from 'vitest';
import { placeOf } from './crossing.ts';
import { startSharedRegistries } from './registries.ts';
import { commitTo, dev, publishRun } from './repeat.ts';

// Which run wins is decided by how long a run watches a pointer that it has set.
vi.unmock(import('../../packages/publisher-kit/src/sleep.ts'));

test('a run whose writes hang until a newer one has ended says so; the newer one again puts it right', async () => {
  await using registries = await startSharedRegistries(() => startOciRegistry());
  await using repository = createTestRepository({ origin: 'https://github.com/acme/mono' });
  const name = 'late';
  await registries.create(name);
  const commit = commitTo(repository, name);
  const [older, newer] = [commit('0.1.0', 10), commit('0.1.0', 20)];
  const publish = async (sha: string, options = {}): Promise<ReleaseReport> =>
    publishRun(registries, { name, repository }, dev(sha), options);
  const named = async (): Promise<readonly unknown[]> => {
    const { npm, oci } = await registries.names(name);
    return [npm['dev'], Object.keys(oci).filter((tag) => tag !== 'dev' && oci[tag] === oci['dev'])];
  };

  let passing: Promise<ReleaseReport> | undefined;
  const late = await publish(older, {
    async onRequest(request: Parameters<typeof placeOf>[0]) {
      const place = placeOf(request);
      if (place !== 'dist-tag' && place !== 'tag') return;
      passing ??= publish(newer);
      await passing;
    },
  });
  expect(await passing).toMatchObject({ exitCode: 0 });
  expect(late.problems.map(({ code }) => code).toSorted()).toEqual([
    'ghcr-pointer-overtaken',
    'npm-tag-overtaken',
  ]);
  expect(late.exitCode).toBe(3);
  expect(await named()).toEqual(['0.1.0-dev.20251113151000', [older]]);
  expect(await publish(newer)).toMatchObject({ exitCode: 0 });
  expect(await named()).toEqual(['0.1.0-dev.20251113152000', [newer]]);
});
