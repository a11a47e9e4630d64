import {
  startCraneRegistry,
  startDockerRegistry,
  startOciRegistry,
} from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import {
  createHttp,
  createPace,
  createProcesses,
  FileBody,
  type Http,
  type HttpRequest,
  Secret,
} from '@ameide/publisher-kit';
import { ok } from '@ameide/versioning-core';
import { expect, test } from 'vitest';
import { OCI_LAYER_GZIP } from '../src/image/media-types.ts';
import { digestOf, storeBlob } from '../src/image/store.ts';
import { RegistryClient } from '../src/registry/client.ts';
import { Session } from '../src/registry/session.ts';
import { uploadBlobs } from '../src/registry/upload.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { OTHER, SHA, step } from './release.ts';

const processes = createProcesses();

async function program(name: 'crane' | 'skopeo', ...args: string[]): Promise<string> {
  const result = await processes.run({
    argv: [component(name).path ?? name, ...args],
    cwd: process.cwd(),
  });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stderrText}`);
  return result.stdoutText;
}

needs('crane', 'skopeo')('other clients take what was pushed', () => {
  test('crane validates it, skopeo inspects it', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const { publish, promote, built } = await run(world);
    await publish();
    await promote();
    expect(
      await program('crane', 'validate', '--insecure', '--remote', `${world.image}:${SHA}`),
    ).toContain('PASS');
    expect(await program('crane', 'digest', '--insecure', `${world.image}:dev`)).toBe(
      `${built.manifest.digest}\n`,
    );
    expect(await program('crane', 'export', '--insecure', `${world.image}:dev`, '-')).toContain(
      `// ${SHA}`,
    );
    const inspected = JSON.parse(
      await program('skopeo', 'inspect', '--tls-verify=false', `docker://${world.image}:${SHA}`),
    ) as unknown;
    expect(inspected).toMatchObject({
      Digest: built.manifest.digest,
      Architecture: 'amd64',
      Created: '2025-11-13T15:32:11Z',
      Labels: { 'org.opencontainers.image.revision': SHA },
    });
  });

  test('a tag that another pipeline left is moved by hand, as the hint says', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const theirs = await run(world, { sha: OTHER });
    await theirs.publish();
    await program(
      'crane',
      'mutate',
      '--insecure',
      `${world.image}:${OTHER}`,
      '-t',
      `${world.image}:latest`,
      ...versionLabel('main'),
    );
    const ours = await run(world, { channel: 'release' });
    await ours.publish();
    const [line, latest] = await ours.promote();
    expect(line).toMatchObject({ outcome: 'moved' });
    expect(latest).toMatchObject({
      outcome: 'blocked',
      from: 'main',
      problem: { code: 'ghcr-pointer-blocked', rerun: 'after-fix' },
    });
    expect(latest?.problem?.message).toContain('labelled "main"');
    expect(latest?.problem?.hint).toBe(
      `To put our image in its place: ameide-release move-pointer oci:${world.image}:latest --to 0.1.0 --from main`,
    );
    const [, pointer] = ours.plan.pointers;
    if (pointer === undefined) throw new Error('a release plans latest');
    const move = { pointer, from: 'main' };
    expect(await ours.publisher.movePointer?.(ours.plan, move, await step())).toMatchObject({
      outcome: 'moved',
    });
    expect(await ours.promote()).toMatchObject([{ outcome: 'already' }, { outcome: 'already' }]);
  });

  test('the workspace is a layout that skopeo reads', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const { built } = await run(world);
    const layout = built.manifest.path.replace(/\/blobs\/.*$/, '');
    expect(JSON.parse(await program('skopeo', 'inspect', `oci:${layout}`))).toMatchObject({
      Digest: built.manifest.digest,
    });
  });
});

function versionLabel(version: string): string[] {
  const label = `org.opencontainers.image.version=${version}`;
  return ['--label', label, '--annotation', label];
}

const MiB = 1024 * 1024;
const REGISTRIES = [
  ['ours, with GHCR’s limit for pieces', () => startOciRegistry({ largestChunk: 4 * MiB }), []],
  ['docker-registry', startDockerRegistry, ['docker-registry']],
  ['go-containerregistry', startCraneRegistry, ['ocireg']],
] as const;

for (const [name, start, needed] of REGISTRIES) {
  needs(...needed)(`a layer above 64 MiB goes to ${name}`, () => {
    test('in one streamed request, and not again when it is there', async () => {
      await using world = await worldOf(await start());
      const sent: HttpRequest[] = [];
      const client = clientOf(world, (request) => void sent.push(request));
      const { workspace, signal } = await step();
      const blob = await storeBlob(workspace, OCI_LAYER_GZIP, Buffer.alloc(65 * MiB, 'a layer'));
      expect(await uploadBlobs(client, [blob], createPace(signal))).toBeUndefined();
      const bytes = world.proxy.requests.filter(
        ({ method }) => method === 'PUT' || method === 'PATCH',
      );
      expect(bytes).toMatchObject([{ method: 'PUT', status: 201, bodyBytes: blob.size }]);
      const put = sent.find(({ method }) => method === 'PUT');
      expect(put?.body).toBeInstanceOf(FileBody);
      expect(put?.deadlineMs, 'a line of 256 KiB a second is quick enough').toBe(60_000 + 260_000);
      const stored = await world.fetch(`blobs/${blob.digest}`);
      expect(digestOf(new Uint8Array(await stored.arrayBuffer()))).toBe(blob.digest);

      world.proxy.clear();
      expect(await uploadBlobs(client, [blob], createPace(signal))).toBeUndefined();
      expect(world.proxy.mutating()).toEqual([]);
    });
  });
}

function clientOf(
  { registry, proxy, image }: World,
  onRequest: (request: HttpRequest) => void,
): RegistryClient {
  const { user, password } = registry;
  const token = password === '' ? undefined : new Secret(password);
  const sends = createHttp();
  const http: Http = { request: (request) => (onRequest(request), sends.request(request)) };
  return new RegistryClient(
    new Session({
      origin: proxy.url,
      repository: 'ameideio/sdk',
      http,
      login: async () => ok(token === undefined ? undefined : { user, password: token }),
    }),
    'ameideio/sdk',
    image,
  );
}
