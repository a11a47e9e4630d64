import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentName, component } from '@ameide/local-registries/components';
import { createProcesses } from '@ameide/publisher-kit';
import { onTestFinished } from 'vitest';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Runs a client in `folder`, and returns what it printed. */
type Call = (...argv: readonly [string, ...string[]]) => Promise<string>;

/** Gets the files of an image into the folder `out`. */
type Pull = (image: string, call: Call, folder: string) => Promise<unknown>;

const tool = (name: ComponentName): string => component(name).path ?? name;

const pullers: Readonly<Record<string, { readonly needed: ComponentName; readonly pull: Pull }>> = {
  docker: {
    needed: 'docker-engine',
    async pull(image, call) {
      await call('docker', 'pull', '--quiet', image);
      const id = (await call('docker', 'create', image, '/nothing')).trim();
      await call('docker', 'cp', `${id}:/.`, 'out');
      await call('docker', 'rm', id);
      await call('docker', 'image', 'rm', image);
    },
  },
  skopeo: {
    needed: 'skopeo',
    async pull(image, call, folder) {
      const authfile = ['--src-authfile', 'config.json'] as const;
      const source = ['--src-tls-verify=false', ...authfile, `docker://${image}`] as const;
      await call(tool('skopeo'), 'copy', '--quiet', ...source, 'dir:copy');
      const manifest = JSON.parse(await readFile(join(folder, 'copy/manifest.json'), 'utf8')) as {
        readonly layers: readonly { readonly digest: string }[];
      };
      await call('mkdir', 'out');
      for (const { digest } of manifest.layers)
        await call('tar', '-xzf', `copy/${digest.replace('sha256:', '')}`, '-C', 'out');
    },
  },
  crane: {
    needed: 'crane',
    async pull(image, call) {
      await call(tool('crane'), 'export', '--insecure', image, 'image.tar');
      await call('mkdir', 'out');
      await call('tar', '-xf', 'image.tar', '-C', 'out');
    },
  },
  oras: {
    needed: 'oras',
    pull: async (image, call) =>
      call(
        tool('oras'),
        'pull',
        '--plain-http',
        '--registry-config',
        'config.json',
        '-o',
        'out',
        image,
      ),
  },
};

/** The clients that pull images, and what each needs. */
export const IMAGE_CLIENTS: readonly (readonly [name: string, needed: ComponentName])[] =
  Object.entries(pullers).map(([name, { needed }]) => [name, needed]);

/** Pulls an image with a client, and returns the folder that has the image's files. */
export async function pullWith(
  client: string,
  image: string,
  { user, password }: Login,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `pulled-by-${client}-`));
  onTestFinished(async () => rm(folder, { recursive: true }));
  const auth = Buffer.from(`${user}:${password}`).toString('base64');
  const auths = user === '' ? {} : { [image.split('/')[0] ?? '']: { auth } };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
  const processes = createProcesses();
  const call: Call = async (...argv) => {
    const result = await processes.run({ argv, cwd: folder, env: { DOCKER_CONFIG: folder } });
    if (!result.ok) throw new Error(`${result.summary}\n${result.stderrText}`);
    return result.stdoutText;
  };
  await pullers[client]?.pull(image, call, folder);
  return join(folder, 'out');
}
