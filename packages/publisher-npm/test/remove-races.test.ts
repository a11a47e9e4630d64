import { expect, test } from 'vitest';
import { REGISTRIES, runAt, started } from './support/registries.ts';
import { makeRelease, releaseChannel } from './support/release.ts';

/** 0.1.0 is released, and a dev build may go; `act` is called before the registry gets that. */
async function removeWhile(act: (release: () => Promise<string>) => Promise<unknown>) {
  const registry = await started(REGISTRIES.verdaccio());
  const publish = async (release: ReturnType<typeof makeRelease>) => {
    const run = await runAt(registry, release);
    const { outcome } = await run.publish();
    await run.publisher.promote?.(run.plan, run.step);
    return { ...run, outcome };
  };
  const released = async (base: string): Promise<string> =>
    (await publish(makeRelease({ base, channel: releaseChannel(base) }))).outcome;
  const { plan, publisher, step } = await publish(makeRelease());
  await released('0.1.0');
  const headers = { authorization: `Bearer ${registry.token}` };
  for (const tag of ['dev', 'incoming'])
    await fetch(`${registry.url}/-/package/@x%2fa/dist-tags/${tag}`, { method: 'DELETE', headers });
  let isFirst = true;
  registry.fault = async ({ method, path }) => {
    if (!isFirst || method !== 'PUT' || !path.includes('/-rev/')) return undefined;
    isFirst = false;
    await act(async () => released('0.2.0'));
    return undefined;
  };
  const removed = await publisher.remove?.(plan, plan.coordinates, step);
  const { versions } = (await registry.snapshot('@x/a')) as { versions: object };
  const deleteTarball = async () =>
    fetch(`${registry.url}/@x/a/-/a-0.2.0.tgz/-rev/1`, { method: 'DELETE', headers });
  const release = async () => released('0.2.0');
  return { removed, versions: Object.keys(versions), deleteTarball, release };
}

test('a release that a registry without revisions has lost meanwhile is told, and can be made again', async () => {
  const { deleteTarball, release, removed, versions } = await removeWhile(async (publish) =>
    publish(),
  );
  expect(versions).toEqual(['0.1.0']);
  expect(removed).toMatchObject([
    { outcome: 'unknown', problem: { code: 'npm-removal-overwrote', effect: 'committed' } },
  ]);
  // As the hint says: verdaccio still has the file.
  expect((await deleteTarball()).ok).toBe(true);
  expect(await release()).toBe('published');
});

test('without another run it is removed', async () => {
  const { removed, versions } = await removeWhile(async () => undefined);
  expect(versions).toEqual(['0.1.0']);
  expect(removed).toMatchObject([{ outcome: 'removed' }]);
});

test('all go in one write', async () => {
  const registry = await started(REGISTRIES.verdaccio());
  const shas = ['1', '2', '3'].map((digit) => digit.repeat(40));
  const headers = { authorization: `Bearer ${registry.token}` };
  const builds = [];
  for (const [index, sha] of shas.entries()) {
    const run = await runAt(registry, makeRelease({ sha, datetime: `2025111315321${index}` }));
    await run.publish();
    builds.push(run);
  }
  const url = `${registry.url}/-/package/@x%2fa/dist-tags/incoming`;
  await fetch(url, { method: 'DELETE', headers });
  const [{ plan, publisher, step } = undefined as never] = builds;
  const coordinates = builds.flatMap((one) => one.plan.coordinates);
  const before = registry.requests.length;
  expect(await publisher.remove?.(plan, coordinates, step)).toMatchObject([
    { outcome: 'kept', reason: 'the dist-tag latest names it' },
    { outcome: 'removed' },
    { outcome: 'removed' },
  ]);
  const sent = registry.requests.slice(before).map(({ method }) => method);
  expect(sent).toEqual(['GET', 'PUT', 'GET', 'DELETE', 'DELETE']);
});
