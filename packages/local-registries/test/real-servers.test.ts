import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import {
  ociRepository,
  type Running,
  type RunningPythonIndex,
  type RunningRealOciRegistry,
  rawImages,
  startCraneRegistry,
  startDevpi,
  startDistribution,
  startDockerRegistry,
  startPypiserver,
} from '../src/index.ts';

const children = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;

async function upload(
  index: RunningPythonIndex,
  token: string,
  content = 'bytes',
): Promise<number> {
  const form = new FormData();
  const fields = {
    ':action': 'file_upload',
    protocol_version: '1',
    metadata_version: '2.1',
    name: 'demo',
    version: '1.0+git.g71e210b',
    filetype: 'sdist',
    pyversion: 'source',
  };
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('content', new Blob([content]), 'demo-1.0+git.g71e210b.tar.gz');
  const authorization = `Basic ${Buffer.from(`__token__:${token}`).toString('base64')}`;
  const response = await fetch(index.uploadUrl, {
    method: 'POST',
    body: form,
    headers: { authorization },
  });
  await response.arrayBuffer();
  return response.status;
}

async function expectPythonIndex(index: RunningPythonIndex, refused: number): Promise<void> {
  expect((await fetch(index.simpleUrl)).status).toBe(200);
  expect(await upload(index, 'wrong')).toBe(refused);
  expect(await upload(index, index.token)).toBe(200);
  expect(await upload(index, index.token, 'other bytes')).toBe(409);
  expect(await (await fetch(`${index.simpleUrl}demo/`)).text()).toContain(
    'demo-1.0+git.g71e210b.tar.gz#sha256=',
  );
  await expectStops(index, index.token);
}

async function expectStops(server: Running, secret: string): Promise<void> {
  const log = await readFile(server.logFile, 'utf8');
  expect(log).not.toBe('');
  expect(secret === '' || !log.includes(secret)).toBe(true);
  await server.stop();
  await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  expect(existsSync(dirname(server.logFile))).toBe(false);
  await expect.poll(children).toBe(0);
}

async function ociStatus(
  registry: RunningRealOciRegistry,
  path: string,
  password?: string,
): Promise<number> {
  const headers =
    password === undefined
      ? {}
      : {
          authorization: `Basic ${Buffer.from(`${registry.user}:${password}`).toString('base64')}`,
        };
  return (await fetch(`${registry.url}${path}`, { headers })).status;
}

const REFERRERS = `/v2/a/referrers/sha256:${'0'.repeat(64)}`;

const withPypiserver = needs('pypiserver');
withPypiserver('pypiserver', () => {
  test('takes an upload with the token, once', async () =>
    expectPythonIndex(await startPypiserver({ token: 'pypi-planted-token' }), 403));
});

const withDevpi = needs('devpi');
withDevpi('devpi', () => {
  // devpi needs some ten seconds to start, more on a busy machine.
  test('takes an upload with the token, once', { timeout: 120_000 }, async () =>
    expectPythonIndex(await startDevpi({ token: 'pypi-planted-token' }), 401),
  );
});

const DISTRIBUTIONS = [
  ['docker-registry', startDockerRegistry],
  ['distribution', startDistribution],
] as const;

for (const [name, start] of DISTRIBUTIONS) {
  needs(name)(name, () => {
    test('asks for the password everywhere, and has no referrers API', async () => {
      const registry = await start();
      expect(await ociStatus(registry, '/v2/')).toBe(401);
      expect(await ociStatus(registry, '/v2/', 'wrong')).toBe(401);
      expect(await ociStatus(registry, '/v2/', registry.password)).toBe(200);
      expect([registry.referrers, await ociStatus(registry, REFERRERS, registry.password)]).toEqual(
        [false, 404],
      );
      await expectStops(registry, registry.password);
    });

    test('is open without authentication', async () => {
      await using registry = await start({ auth: 'none' });
      expect(await ociStatus(registry, '/v2/')).toBe(200);
    });
  });
}

const withCrane = needs('ocireg');
withCrane('go-containerregistry’s registry', () => {
  test('is open, and has no referrers API', async () => {
    const registry = await startCraneRegistry();
    expect(await ociStatus(registry, '/v2/')).toBe(200);
    expect([registry.referrers, await ociStatus(registry, REFERRERS)]).toEqual([false, 404]);
    await expectStops(registry, registry.password);
  });
});

const withReferrers = needs('referrers-registry');
withReferrers('go-containerregistry’s registry, as a library', () => {
  test('is open, and lists what has been attached to an image', async () => {
    const registry = await startCraneRegistry({ referrers: true });
    const repository = ociRepository(registry, 'a');
    const images = rawImages(repository);
    const subject = await images.image({ revision: 'a'.repeat(40) });
    const referrer = await images.attach(subject, { isReferrer: true });
    const list = await repository.fetch(`referrers/${subject.digest}`);
    expect(await list.json()).toMatchObject({ manifests: [{ digest: referrer.digest }] });
    expect([registry.referrers, await ociStatus(registry, REFERRERS)]).toEqual([true, 200]);
    await expectStops(registry, registry.password);
  });
});
