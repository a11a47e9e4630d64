import { type ObservedRequest, observeTraffic } from '@ameide/publisher-kit';
import { expect, onTestFinished, test } from 'vitest';
import { startRun } from './support/publishing.ts';
import { makeRelease, releaseChannel } from './support/release.ts';
import { testWorld } from './support/world.ts';

test('each upload is observed as a request, though npm’s own client sends it', async () => {
  const world = await testWorld();
  const run = await startRun(world, makeRelease({ channel: releaseChannel('0.1.0') }));
  const seen: ObservedRequest[] = [];
  onTestFinished(observeTraffic({ request: (one) => seen.push(one), program: () => undefined }));
  world.fault = ({ method, path, count }) => {
    if (method !== 'PUT' || path.startsWith('/-/')) return undefined;
    if (count === 1) return { kind: 'status', status: 429, headers: { 'retry-after': '7' } };
    return count === 2 ? { kind: 'reset' } : undefined;
  };
  expect(await run.publish()).toMatchObject({ outcome: 'published' });
  const uploads = seen.filter(({ method }) => method === 'PUT');
  expect(uploads.map(({ failure, status }) => status ?? failure)).toEqual([429, 'network', 200]);
  for (const { url } of uploads) expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/@x%2fa$/);
});
