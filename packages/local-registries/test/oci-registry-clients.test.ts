import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { component, needs } from '../src/components.ts';
import { type RunningOciRegistry, startOciRegistry } from '../src/oci-registry/index.ts';
import { type ClientResult, runClient } from './client-process.ts';
import { descriptor, imageManifest, OciClient } from './oci-client.ts';

type Kind = 'bearer' | 'basic' | 'none';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oci-clients-'));
  return () => rm(folder, { recursive: true });
});

/** A folder with Docker's `config.json`, holding the registry's credentials. */
async function credentials(
  registry: RunningOciRegistry,
  password = registry.password,
): Promise<string> {
  const directory = join(folder, `docker-${password === registry.password ? 'right' : 'wrong'}`);
  await mkdir(directory, { recursive: true });
  const auth = Buffer.from(`${registry.user}:${password}`).toString('base64');
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({ auths: { [registry.host]: { auth } } }),
  );
  return directory;
}

async function layer(content: string): Promise<string> {
  const [root, tar] = [join(folder, 'root'), join(folder, 'layer.tar')];
  await mkdir(root, { recursive: true });
  await writeFile(join(root, 'hello.txt'), content);
  expect(
    await runClient([
      'tar',
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '-C',
      root,
      '-cf',
      tar,
      'hello.txt',
    ]),
  ).toMatchObject({ code: 0 });
  return tar;
}

const command = (name: 'crane' | 'skopeo'): readonly string[] => component(name).command ?? [name];

const craneSuite = needs('crane');
craneSuite('crane', () => {
  describe.each<[Kind]>([['bearer'], ['basic'], ['none']])('with %s authorization', (auth) => {
    let registry: RunningOciRegistry;
    beforeAll(async () => {
      registry = await startOciRegistry({ auth });
    });
    afterAll(() => registry.stop());

    test('pushes, tags, lists, copies, validates and reads back', async () => {
      const config = await credentials(registry);
      const crane = (...args: string[]): Promise<ClientResult> =>
        runClient([...command('crane'), ...args], { DOCKER_CONFIG: config });
      const image = `${registry.host}/o/image`;
      const pushed = await crane(
        'append',
        '--oci-empty-base',
        '-f',
        await layer('hello'),
        '-t',
        `${image}:v1`,
      );
      expect(pushed).toMatchObject({ code: 0 });
      const digest = pushed.stdout.trim().split('@')[1];
      expect(await crane('tag', `${image}:v1`, 'dev')).toMatchObject({ code: 0 });
      expect((await crane('ls', image)).stdout).toBe('dev\nv1\n');
      expect((await crane('digest', `${image}:dev`)).stdout.trim()).toBe(digest);
      expect(await crane('copy', `${image}:v1`, `${registry.host}/o/copy:v1`)).toMatchObject({
        code: 0,
      });
      expect((await crane('validate', '--remote', `${registry.host}/o/copy:v1`)).output).toContain(
        'PASS',
      );
      expect(
        await crane('pull', '--format', 'oci', `${image}:v1`, join(folder, 'pulled')),
      ).toMatchObject({ code: 0 });
      expect(await crane('delete', `${image}:dev`)).toMatchObject({ code: 0 });
      expect((await crane('ls', image)).stdout).toBe('v1\n');
    });
  });

  test.each<[Kind]>([['bearer'], ['basic']])(
    'with %s authorization may read but not write without credentials, nor write with wrong ones',
    async (auth) => {
      await using registry = await startOciRegistry({ auth });
      const crane = (config: string, ...args: string[]): Promise<ClientResult> =>
        runClient([...command('crane'), ...args], { DOCKER_CONFIG: config });
      const image = `${registry.host}/o/private`;
      const tar = await layer('private');
      const push = (config: string): Promise<ClientResult> =>
        crane(config, 'append', '--oci-empty-base', '-f', tar, '-t', `${image}:v1`);
      expect(await push(await credentials(registry))).toMatchObject({ code: 0 });
      const anonymous = join(folder, 'anonymous');
      expect(await crane(anonymous, 'manifest', `${image}:v1`)).toMatchObject({ code: 0 });
      for (const config of [anonymous, await credentials(registry, 'wrong')]) {
        const refused = await crane(config, 'tag', `${image}:v1`, 'stolen');
        expect([refused.code === 0, /UNAUTHORIZED|401/.test(refused.output)]).toEqual([
          false,
          true,
        ]);
      }
      expect((await crane(anonymous, 'ls', image)).stdout).toBe('v1\n');
    },
  );
});

const skopeoSuite = needs('skopeo');
skopeoSuite('skopeo', () => {
  test.each<[Kind]>([['bearer'], ['basic'], ['none']])(
    'with %s authorization copies in and out, inspects, lists and deletes',
    async (auth) => {
      await using registry = await startOciRegistry({ auth });
      const authFile = join(await credentials(registry), 'config.json');
      const skopeo = (...args: string[]): Promise<ClientResult> =>
        runClient([...command('skopeo'), ...args], { REGISTRY_AUTH_FILE: authFile });
      await using source = await startOciRegistry({ auth: 'none' });
      const seed = new OciClient(source);
      const [tar, config] = [
        await readFile(await layer('hello'), 'utf8'),
        JSON.stringify({
          architecture: 'amd64',
          os: 'linux',
          rootfs: { type: 'layers', diff_ids: [] },
        }),
      ];
      await seed.pushImage(
        'seed',
        'v1',
        imageManifest([tar], {
          config: descriptor('application/vnd.oci.image.config.v1+json', config),
        }),
        [tar, config],
      );
      const image = `docker://${registry.host}/o/image`;
      const copied = await skopeo(
        'copy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        `docker://${source.host}/seed:v1`,
        `${image}:v1`,
      );
      expect(copied).toMatchObject({ code: 0 });
      const inspected = JSON.parse(
        (await skopeo('inspect', '--tls-verify=false', `${image}:v1`)).stdout,
      ) as {
        RepoTags: string[];
        Digest: string;
      };
      expect(inspected.RepoTags).toEqual(['v1']);
      expect(
        JSON.parse((await skopeo('list-tags', '--tls-verify=false', image)).stdout),
      ).toMatchObject({ Tags: ['v1'] });
      expect(
        await skopeo(
          'copy',
          '--src-tls-verify=false',
          `${image}@${inspected.Digest}`,
          `oci:${join(folder, 'out')}:v1`,
        ),
      ).toMatchObject({ code: 0 });
      expect(await skopeo('delete', '--tls-verify=false', `${image}:v1`)).toMatchObject({
        code: 0,
      });
      expect((await skopeo('inspect', '--tls-verify=false', `${image}:v1`)).code).not.toBe(0);
    },
  );
});

const dockerSuite = needs('docker-engine');
dockerSuite('Docker Engine', () => {
  test.each<[Kind]>([['bearer'], ['basic'], ['none']])(
    'with %s authorization pushes and pulls, and may not push without credentials',
    async (auth) => {
      await using registry = await startOciRegistry({ auth });
      const docker = (config: string, ...args: string[]): Promise<ClientResult> =>
        runClient(['docker', '--config', config, ...args]);
      const [config, image] = [await credentials(registry), `${registry.host}/o/image:v1`];
      const anonymous = join(folder, 'anonymous');
      try {
        expect(await docker(config, 'import', await layer('from docker'), image)).toMatchObject({
          code: 0,
        });
        if (auth !== 'none') expect((await docker(anonymous, 'push', image)).code).not.toBe(0);
        const pushed = await docker(config, 'push', image);
        expect(pushed).toMatchObject({ code: 0 });
        const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout)?.[1];
        await docker(config, 'image', 'rm', image);
        // Docker Engine itself gives up without credentials when /v2/ asks for Basic ones.
        expect(
          (await docker(auth === 'basic' ? config : anonymous, 'pull', image)).stdout,
        ).toContain(`Digest: ${digest}`);
      } finally {
        await docker(config, 'image', 'rm', '--force', image);
      }
    },
  );
});
