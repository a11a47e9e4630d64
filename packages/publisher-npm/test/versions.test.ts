import type { Fault } from '@ameide/local-registries';
import type { Result, VersionList } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import type { Run } from './support/publishing.ts';
import { type AnyRegistry, REGISTRIES, runAt, started } from './support/registries.ts';
import { DEV, makeRelease, releaseChannel, SHA } from './support/release.ts';

type Product = keyof typeof REGISTRIES;

interface Listing extends Run {
  readonly registry: AnyRegistry;
  readonly list: () => Promise<Result<VersionList>>;
}

async function listingAt(product: Product = 'verdaccio'): Promise<Listing> {
  const registry = await started(REGISTRIES[product]());
  const run = await runAt(registry, makeRelease({ base: '0.2.0', channel: DEV }));
  const list = async (): Promise<Result<VersionList>> =>
    (await run.publisher.versions?.(run.plan, run.step)) ?? {
      value: { versions: [], pointers: [] },
    };
  return { ...run, registry, list };
}

/** 0.1.0 is released and deprecated; the dev build after it is published and not promoted. */
async function published(product?: Product): Promise<Listing & { readonly released: Run }> {
  const listing = await listingAt(product);
  const released = await runAt(
    listing.registry,
    makeRelease({ base: '0.1.0', channel: releaseChannel('0.1.0') }),
  );
  await released.publish();
  await released.publisher.promote?.(released.plan, released.step);
  await listing.publish();
  return { ...listing, released };
}

test('one request lists commit, digest, deprecation and time of each version, and our dist-tags', async () => {
  const { built, list, plan, publisher, registry, released, step } = await published();
  const [coordinate] = released.plan.coordinates;
  if (coordinate === undefined) throw new Error('a plan has a coordinate');
  await publisher.deprecate?.(plan, { coordinate, message: 'use 0.2.0' }, step);
  const requests = registry.requests.length;
  const { value } = await list();
  const asked = registry.requests.slice(requests);
  expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /@x%2fa']);

  const publishedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
  const found = { sha: SHA, publishedAt };
  expect(value?.versions).toEqual([
    {
      coordinate,
      digest: released.built.artifacts[0]?.digest,
      deprecated: 'use 0.2.0',
      ...found,
    },
    { coordinate: plan.coordinates[0], digest: built.artifacts[0]?.digest, ...found },
  ]);
  // The dev build still has the tag of its upload, which is no pointer.
  expect(await registry.snapshot('@x/a')).toMatchObject({ tags: { incoming: plan.version } });
  const pointer = { ecosystem: 'npm', name: '@x/a', pointer: 'latest', version: '0.1.0' };
  expect(value?.pointers).toEqual([{ pointer, version: '0.1.0', sha: SHA }]);
});

test('a dist-tag of somebody else is no pointer, and latest on a dev build has its note', async () => {
  const listing = await listingAt();
  const { list, plan, publisher, registry, step } = listing;
  await listing.publish();
  await publisher.promote?.(plan, step);
  await fetch(`${registry.url}/-/package/@x%2fa/dist-tags/beta`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${registry.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(plan.version),
  });
  expect(await registry.snapshot('@x/a')).toMatchObject({ tags: { beta: plan.version } });
  const { value } = await list();
  const pointers = value?.pointers.map(({ pointer, note }) => [pointer.pointer, note]);
  expect(pointers?.toSorted()).toEqual([
    ['dev', undefined],
    [
      'latest',
      `The dist-tag latest of npm:@x/a names ${plan.version}, which is no release: npm install @x/a gets it until a release takes the tag over.`,
    ],
  ]);
  const own = await publisher.pointers?.(plan, step);
  expect(own?.map(({ pointer, note }) => [pointer.pointer, note]).toSorted()).toEqual(
    pointers?.toSorted(),
  );
});

test('a registry that keeps no commit lists the versions without one', async () => {
  const { list } = await published('GitLab (stand-in)');
  const { value } = await list();
  expect(value?.versions).toHaveLength(2);
  expect(value?.versions.flatMap(({ sha }) => sha ?? [])).toEqual([]);
});

test('a package that the registry does not have is an empty list', async () => {
  expect(await (await listingAt()).list()).toEqual({ value: { versions: [], pointers: [] } });
});

describe('is a problem, as for inspect, and no empty list:', () => {
  const page = { 'content-type': 'text/html' };
  const json = { 'content-type': 'application/json' };
  const faults: Readonly<Record<string, readonly [string, Fault]>> = {
    '401': ['npm-unauthorized', { kind: 'status', status: 401 }],
    '403': ['npm-forbidden', { kind: 'status', status: 403 }],
    '503': ['npm-unavailable', { kind: 'status', status: 503 }],
    'a reset connection': ['npm-network', { kind: 'reset' }],
    'a web page with 404': ['npm-not-found', { kind: 'status', status: 404, headers: page }],
    'a web page': ['npm-malformed', { kind: 'status', status: 200, headers: page, body: '<p>' }],
    'no JSON': ['npm-malformed', { kind: 'status', status: 200, headers: json, body: '{' }],
    'no versions': [
      'npm-malformed',
      { kind: 'status', status: 200, headers: json, body: '{"name":"@x/a","dist-tags":{}}' },
    ],
    'versions without dist-tags': [
      'npm-malformed',
      { kind: 'status', status: 200, headers: json, body: '{"name":"@x/a","versions":{}}' },
    ],
  };
  test.each(Object.entries(faults))('%s', async (_title, [code, fault]) => {
    const { list, registry } = await listingAt();
    registry.fault = ({ method }) => (method === 'GET' ? fault : undefined);
    const { problems, value } = await list();
    expect(value).toBeUndefined();
    expect(problems?.map((one) => one.code)).toEqual([code]);
  });
});

test('a document that is not that version’s is listed by its name alone, and what is no version is not', async () => {
  const { list, registry } = await listingAt();
  const dist = { integrity: 'sha512-AAAA==' };
  const versions = {
    '0.1.0': { name: '@x/other', version: '0.1.0', gitHead: SHA, dist },
    '0.2.0': { name: '@x/a', version: '0.2.0', gitHead: 'main', dist },
    current: { name: '@x/a', version: 'current', dist },
  };
  const time = { '0.1.0': 'yesterday', '0.2.0': '2026-11-28T10:00:00+02:00' };
  const body = JSON.stringify({ 'dist-tags': {}, versions, time });
  registry.fault = () => ({ kind: 'status', status: 200, body });
  const about = { ecosystem: 'npm', name: '@x/a' };
  expect((await list()).value?.versions).toEqual([
    { coordinate: { ...about, version: '0.1.0' } },
    {
      coordinate: { ...about, version: '0.2.0' },
      digest: 'sha512-AAAA==',
      publishedAt: '2026-11-28T08:00:00.000Z',
    },
  ]);
});
