import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';
import { project, run } from './client.ts';
import { type AnyRegistry, runAt, started } from './registries.ts';
import { makeRelease, releaseChannel, SHA } from './release.ts';
import { writeFiles } from './step.ts';

const RELEASE = makeRelease({ channel: releaseChannel('0.1.0') });

/** What a user does with what was published, by each of the clients. Called in a `describe`. */
export function clientSuite(start: () => Promise<AnyRegistry>): void {
  async function installed(
    install: (registry: AnyRegistry, folder: string) => readonly [string, ...string[]],
  ): Promise<object> {
    const registry = await started(start());
    const release = await runAt(registry, RELEASE);
    expect(await release.publish()).toMatchObject({ outcome: 'published' });
    expect(await release.publisher.promote?.(release.plan, release.step)).toMatchObject([
      { outcome: expect.stringMatching(/^(?:moved|already)$/) },
    ]);
    const { folder, env } = project(registry.url);
    const { host, pathname } = new URL(registry.url);
    const address = `//${host}${pathname.replace(/\/$/, '')}/`;
    writeFiles(folder, {
      'home/.npmrc': `registry=${registry.url}/\n${address}:_authToken=${registry.token}\n`,
      'pnpm-workspace.yaml': 'minimumReleaseAge: 0\n',
      '.yarnrc.yml': JSON.stringify({
        npmRegistryServer: registry.url,
        npmAuthToken: registry.token,
        npmAlwaysAuth: true,
        npmMinimalAgeGate: 0,
        unsafeHttpWhitelist: ['127.0.0.1'],
        nodeLinker: 'node-modules',
        enableGlobalCache: false,
        enableTelemetry: false,
      }),
    });
    await run(install(registry, folder), folder, env);
    const path = join(folder, 'node_modules/@x/a/package.json');
    return JSON.parse(readFileSync(path, 'utf8')) as object;
  }
  const expected = { name: '@x/a', version: '0.1.0', gitHead: SHA };

  needs('npm')('npm', () => {
    test('installs what `latest` names', async () => {
      expect(await installed(() => ['npm', 'install', '@x/a'])).toMatchObject(expected);
    });
  });
  needs('pnpm')('pnpm', () => {
    test('installs what `latest` names', async () => {
      // Not `pnpm add`, which asks for the page of one version: neither of the two has it.
      const found = installed(({ url }, folder) => {
        const dependencies = { '@x/a': 'latest' };
        writeFiles(folder, { 'package.json': { name: 'consumer', dependencies } });
        return ['pnpm', 'install', '--registry', url, '--store-dir', join(folder, 'store')];
      });
      expect(await found).toMatchObject(expected);
    });
  });
  needs('yarn')('yarn', () => {
    test('installs what `latest` names', async () => {
      expect(await installed(() => ['yarn', 'add', '@x/a'])).toMatchObject(expected);
    });
  });
}
