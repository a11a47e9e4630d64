import { startCraneRegistry, startDockerRegistry, startOciRegistry } from '@ameide/local-registries';
import { component, needs } from '@ameide/local-registries/components';
import { createHttp, createProcesses, Secret } from '@ameide/publisher-kit';
import { expect, test } from 'vitest';
import { RegistryClient } from '../src/registry/client.ts';
import { Session } from '../src/registry/session.ts';
import { uploadBlob } from '../src/registry/upload.ts';
import { run } from './published.ts';
import { type World, worldOf } from './registry-world.ts';
import { SHA } from './release.ts';

const processes = createProcesses();

async function program(name: 'crane' | 'skopeo', ...args: string[]): Promise<string> {
  const result = await processes.run({ argv: [component(name).path ?? name, ...args], cwd: process.cwd() });
  if (!result.ok) throw new Error(`${result.summary}\n${result.stderrText}`);
  return result.stdoutText;
}

needs('crane', 'skopeo')('other clients take what was pushed', () => {
  test('crane validates it, skopeo inspects it', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const { publish, promote, built } = await run(world);
    await publish();
    await promote();
    expect(await program('crane', 'validate', '--insecure', '--remote', `${world.image}:${SHA}`)).toContain('PASS');
    expect(await program('crane', 'digest', '--insecure', `${world.image}:dev`)).toBe(`${built.manifest.digest}\n`);
    expect(await program('crane', 'export', '--insecure', `${world.image}:dev`, '-')).toContain(`// ${SHA}`);
    const inspected = JSON.parse(await program('skopeo', 'inspect', '--tls-verify=false', `docker://${world.image}:${SHA}`)) as unknown;
    expect(inspected).toMatchObject({
      Digest: built.manifest.digest,
      Architecture: 'amd64',
      Created: '2025-11-13T15:32:11Z',
      Labels: { 'org.opencontainers.image.revision': SHA },
    });
  });

  test('the workspace is a layout that skopeo reads', async () => {
    await using world = await worldOf(await startOciRegistry({ auth: 'none' }));
    const { built } = await run(world);
    const layout = built.manifest.path.replace(/\/blobs\/.*$/, '');
    expect(JSON.parse(await program('skopeo', 'inspect', `oci:${layout}`))).toMatchObject({ Digest: built.manifest.digest });
  });
});

const REGISTRIES = [
  ['ours', startOciRegistry, []],
  ['docker-registry', startDockerRegistry, ['docker-registry']],
  ['go-containerregistry', startCraneRegistry, ['ocireg']],
] as const;

for (const [name, start, needed] of REGISTRIES) {
  needs(...needed)(`large blobs go to ${name} in pieces`, () => {
    async function upload(world: World, chunk: number, headFrom: number): Promise<number> {
      const { built } = await run(world);
      const [blob] = built.blobs;
      if (blob === undefined) throw new Error('no blob');
      const { user, password, url } = world.registry;
      const origin = world.proxy.url;
      const token = password === '' ? undefined : new Secret(password);
      const session = new Session({ origin, repository: 'ameideio/sdk', http: createHttp(), user, token: () => token });
      const client = new RegistryClient(session, 'ameideio/sdk', world.image);
      expect(url).not.toBe(origin);
      world.proxy.clear();
      expect(await uploadBlob(client, blob, new AbortController().signal, { chunk, headFrom })).toBeUndefined();
      const stored = await world.fetch(`blobs/${blob.digest}`);
      expect((await stored.arrayBuffer()).byteLength).toBe(blob.size);
      return world.proxy.requests.filter(({ method, status }) => method === 'PATCH' && status === 202).length;
    }

    test('each piece once, and not again when the blob is there', async () => {
      await using world = await worldOf(await start());
      expect(await upload(world, 200, Infinity)).toBeGreaterThan(2);
      expect(await upload(world, 200, 0)).toBe(0);
    });
  });
}
