import type { Fault, FaultSubject } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import type { Deprecation, Release } from '@ameide/versioning-core';
import { describe, expect, test } from 'vitest';
import { project, run } from './support/client.ts';
import type { Run } from './support/publishing.ts';
import { type AnyRegistry, REGISTRIES, runAt, started } from './support/registries.ts';
import { makeRelease, releaseChannel, SHA } from './support/release.ts';

const coordinate = { ecosystem: 'npm', name: '@x/a', version: '0.1.0' } as const;

interface Published extends Run {
  readonly registry: AnyRegistry;
  deprecate(message: string, version?: string): Promise<Deprecation | undefined>;
}

const releaseOf = (base: string): Release => makeRelease({ base, channel: releaseChannel(base) });

/** 0.1.0 and 0.2.0 are published, and `latest` names the second. */
async function twoVersions(
  product: keyof typeof REGISTRIES = 'verdaccio',
  options: object = {},
): Promise<Published> {
  const registry = await started(REGISTRIES[product]());
  const runs: Run[] = [];
  for (const base of ['0.1.0', '0.2.0']) {
    const release = await runAt(registry, releaseOf(base), options);
    await release.publish();
    await release.publisher.promote?.(release.plan, release.step);
    runs.push(release);
  }
  const [, last] = runs;
  if (last === undefined) throw new Error('two versions are published');
  return {
    ...last,
    registry,
    deprecate: async (message, version = '0.1.0') =>
      last.publisher.deprecate?.(
        last.plan,
        { coordinate: { ...coordinate, version }, message },
        last.step,
      ),
  };
}

interface Packument {
  readonly versions: Readonly<Record<string, object>>;
  readonly time: object;
}

async function packument({ registry }: Published): Promise<Packument> {
  return (await (await fetch(`${registry.url}/@x%2fa`)).json()) as Packument;
}

const isPut = ({ method, path }: FaultSubject): boolean => method === 'PUT' && path === '/@x%2fa';

test('the message of one version changes, and nothing else', async () => {
  const release = await twoVersions();
  const before = await packument(release);
  expect(await release.deprecate('use 0.2.0')).toEqual({
    coordinate,
    outcome: 'changed',
    from: '',
  });
  const after = await packument(release);
  const version = { ...before.versions['0.1.0'], deprecated: 'use 0.2.0' };
  const anything = { _rev: expect.anything(), time: expect.anything() };
  expect(after).toEqual({
    ...before,
    versions: { ...before.versions, '0.1.0': version },
    ...anything,
  });
  const asked = { coordinate };
  const found = { state: 'same-source', sha: SHA, deprecated: 'use 0.2.0' };
  expect(await release.publisher.inspect(asked, release.step)).toMatchObject([found]);

  const writes = release.registry.mutations();
  expect(await release.deprecate('use 0.2.0')).toMatchObject({ outcome: 'already' });
  expect(release.registry.mutations()).toBe(writes);

  expect(await release.deprecate('')).toMatchObject({ outcome: 'changed', from: 'use 0.2.0' });
  expect(await packument(release)).toEqual({ ...before, ...anything });
});

test('several versions get the message in one write, and none if one of them is absent', async () => {
  const release = await twoVersions();
  const ask = async (otherVersions: readonly string[]) =>
    release.publisher.deprecate?.(
      release.plan,
      { coordinate, otherVersions, message: 'use 0.3.0' },
      release.step,
    );
  const writes = release.registry.mutations();
  expect(await ask(['0.9.0'])).toMatchObject({
    outcome: 'blocked',
    problem: { code: 'npm-version-absent', message: expect.stringContaining('@x/a@0.9.0') },
  });
  expect(release.registry.mutations()).toBe(writes);
  expect(await ask(['0.2.0'])).toMatchObject({ outcome: 'changed', from: '' });
  expect(release.registry.mutations()).toBe(writes + 1);
  const { versions } = await packument(release);
  expect(Object.values(versions)).toEqual([
    expect.objectContaining({ deprecated: 'use 0.3.0' }),
    expect.objectContaining({ deprecated: 'use 0.3.0' }),
  ]);
  expect(await ask(['0.2.0'])).toMatchObject({ outcome: 'already' });
});

needs('npm')('the npm client', () => {
  test('shows the message, prints it at installation, and both are gone when it is taken back', async () => {
    const release = await twoVersions();
    const { env, folder } = project(release.registry.url);
    const view = async (): Promise<string> =>
      run(['npm', 'view', '@x/a@0.1.0', 'deprecated'], folder, env);
    const install = async (): Promise<string> =>
      run(['sh', '-c', 'npm install --force @x/a@0.1.0 2>&1'], folder, env);
    await release.deprecate('has a hole: use 0.2.0');
    expect((await view()).trim()).toBe('has a hole: use 0.2.0');
    expect(await install()).toContain('deprecated @x/a@0.1.0: has a hole: use 0.2.0');
    await release.deprecate('');
    expect((await view()).trim()).toBe('');
    expect(await install()).not.toContain('deprecated');
  });

  test('leaves the same message in the packument', async () => {
    const [ours, theirs] = [await twoVersions(), await twoVersions()];
    await ours.deprecate('use 0.2.0');
    const { env, folder } = project(theirs.registry.url);
    const { host } = new URL(theirs.registry.url);
    const token = { [`npm_config_//${host}/:_authToken`]: theirs.registry.token };
    await run(['npm', 'deprecate', '@x/a@0.1.0', 'use 0.2.0'], folder, { ...env, ...token });
    const deprecated = async (release: Published): Promise<unknown> =>
      Object.entries((await packument(release)).versions).map(([version, document]) => [
        version,
        Object.entries(document).filter(([key]) => key === 'deprecated'),
      ]);
    expect(await deprecated(ours)).toEqual(await deprecated(theirs));
  });
});

describe('nothing is written', () => {
  test('for a version that is not there', async () => {
    const release = await twoVersions();
    const writes = release.registry.mutations();
    expect(await release.deprecate('use 0.2.0', '0.3.0')).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-version-absent', coordinate: 'npm:@x/a@0.3.0', effect: 'none' },
    });
    expect(release.registry.mutations()).toBe(writes);
  });

  test('with a token without that right', async () => {
    const release = await twoVersions();
    release.registry.fault = (request) =>
      isPut(request) ? { kind: 'status', status: 403 } : undefined;
    expect(await release.deprecate('use 0.2.0')).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-forbidden', kind: 'authentication' },
    });
  });

  test('without a token', async () => {
    const registry = await started(REGISTRIES.verdaccio());
    const options = { token: () => undefined };
    const { plan, publisher, step } = await runAt(registry, makeRelease(), options);
    expect(await publisher.deprecate?.(plan, { coordinate, message: 'x' }, step)).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-no-token' },
    });
    expect(registry.requests).toEqual([]);
  });
});

describe('an answer that says something else than the registry shows', () => {
  test.each<[string, Fault]>([
    ['409', { kind: 'status', status: 409 }],
    ['503', { kind: 'status', status: 503 }],
    ['a dropped connection', { kind: 'reset' }],
    ['422 for what was stored, as npmjs does', { kind: 'status', status: 422, forward: true }],
    ['a dropped connection after it was stored', { kind: 'reset', forward: true }],
  ])('%s: the packument is read again, and the message is there in the end', async (_, fault) => {
    const release = await twoVersions();
    const writes = release.registry.mutations();
    release.registry.fault = (request) =>
      isPut(request) && request.step === writes + 1 ? fault : undefined;
    expect(await release.deprecate('use 0.2.0')).toMatchObject({ outcome: 'changed' });
    expect((await packument(release)).versions['0.1.0']).toMatchObject({ deprecated: 'use 0.2.0' });
  });

  test('200 without doing it is unknown', async () => {
    const release = await twoVersions();
    release.registry.fault = (request) =>
      isPut(request) ? { kind: 'status', status: 200, body: '{}' } : undefined;
    expect(await release.deprecate('use 0.2.0')).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-deprecation-unknown', kind: 'unknown' },
    });
  });
});

test('a dist-tag that another run moves meanwhile stays where that run moved it', async () => {
  const release = await twoVersions();
  const { registry, step } = release;
  let reads = 0;
  registry.intercept(async ({ path }) => {
    if (!path.endsWith('?write=true') || ++reads !== 2) return undefined;
    registry.intercept(undefined);
    const other = await runAt(registry, releaseOf('0.3.0'));
    await other.publish();
    await other.publisher.promote?.(other.plan, step);
    return undefined;
  });
  expect(await release.deprecate('use 0.2.0')).toMatchObject({ outcome: 'changed' });
  expect(await packument(release)).toMatchObject({
    'dist-tags': { latest: '0.3.0' },
    versions: { '0.1.0': { deprecated: 'use 0.2.0' }, '0.3.0': { gitHead: SHA } },
  });
});

test('a deprecation that is no text, which npmjs refuses, is not sent back', async () => {
  const sent: unknown[] = [];
  const versions = {
    '0.1.0': { name: '@x/a', version: '0.1.0', dist: {} },
    '0.2.0': { name: '@x/a', version: '0.2.0', dist: {}, deprecated: false },
    '0.3.0': { name: '@x/a', version: '0.3.0', dist: {}, deprecated: 'too old' },
  };
  const http = {
    async request({ body, method }: { readonly body?: string; readonly method: string }) {
      if (method === 'PUT') sent.push(JSON.parse(body ?? ''));
      const [status, headers] = [200, new Headers()];
      const found = sent[0] ?? { name: '@x/a', 'dist-tags': { latest: '0.3.0' }, versions };
      return { status, headers, url: 'https://npm.example/@x%2fa', json: () => found };
    },
  };
  const registry = { url: 'https://npm.example', token: 't' } as AnyRegistry;
  const { plan, publisher, step } = await runAt(registry, makeRelease(), { ports: { http } });
  await publisher.deprecate?.(plan, { coordinate, message: 'use 0.3.0' }, step);
  const { deprecated: _, ...notDeprecated } = versions['0.2.0'];
  expect(sent).toEqual([
    {
      name: '@x/a',
      'dist-tags': { latest: '0.3.0' },
      versions: {
        ...versions,
        '0.1.0': { ...versions['0.1.0'], deprecated: 'use 0.3.0' },
        '0.2.0': notDeprecated,
      },
    },
  ]);
});

describe('other registries', () => {
  test('GitLab (stand-in) shows the message some time after its answer', async () => {
    const release = await twoVersions('GitLab (stand-in)');
    expect(await release.deprecate('use 0.2.0')).toMatchObject({ outcome: 'changed', from: '' });
    expect(await release.publisher.inspect({ coordinate }, release.step)).toMatchObject([
      { deprecated: 'use 0.2.0' },
    ]);
    expect(await release.deprecate('')).toMatchObject({ outcome: 'changed', from: 'use 0.2.0' });
  });

  test('the hint for one that cannot deprecate names move-pointer', async () => {
    const release = await twoVersions('GitHub Packages (stand-in)');
    expect(await release.deprecate('use 0.2.0')).toMatchObject({
      outcome: 'blocked',
      problem: { code: 'npm-rejected', hint: expect.stringContaining('move-pointer') },
    });
  });
});
