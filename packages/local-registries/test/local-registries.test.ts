import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../src/components.ts';
import { startLocalRegistries } from '../src/index.ts';
import { folder } from './client.ts';

const servers = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;

const suite = needs('git');
suite('all local registries', () => {
  test('start together and stop together', async () => {
    const before = servers();
    const all = await startLocalRegistries({ goRepositories: ['owner/module'] });
    const urls = [
      `${all.npm.url}/-/ping`,
      all.python.simpleUrl,
      all.oci.url,
      `${all.git.url}/owner/module/info/refs?service=git-upload-pack`,
    ];
    const statuses = await Promise.all(urls.map(async (url) => (await fetch(url)).status));
    expect(statuses[0]).toBe(200);
    expect(statuses[1]).toBe(200);
    expect(statuses[3]).toBe(200);
    expect(servers()).toBe(before + 4);
    const folders = [all.npm, all.python, all.oci, all.git].map((server) =>
      dirname(server.logFile),
    );
    expect(folders.map((directory) => existsSync(directory))).toEqual([true, true, true, true]);
    await all.stop();
    await all.stop();
    await expect.poll(servers).toBe(before);
    expect(folders.map((directory) => existsSync(directory))).toEqual([false, false, false, false]);
    await expect(fetch(all.npm.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  test('keep their state in sub-folders of one folder', async () => {
    const directory = await folder();
    const all = await startLocalRegistries({ directory, pythonLocalVersions: true });
    await all.stop();
    expect((await readdir(directory)).sort()).toEqual(['git', 'npm', 'oci', 'python']);
  });

  test('one that cannot start stops the others', async () => {
    const before = servers();
    const directory = await folder();
    await writeFile(join(directory, 'oci'), 'a file where the OCI registry wants its folder');
    await expect(startLocalRegistries({ directory })).rejects.toMatchObject({ code: 'EEXIST' });
    await expect.poll(servers).toBe(before);
  });
});
