import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startPythonIndex } from '@ameide/local-registries';
import { needs } from '@ameide/local-registries/components';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, commit, folder, type Opened, open, PROJECT, removeScratch } from './world.ts';

const run = promisify(execFile);

// What a consumer of the package does to learn its commit; nothing of ours takes part.
const ASK = `import importlib.metadata, ameide_sdk
for url in importlib.metadata.metadata('ameide-sdk').get_all('Project-URL'):
    print(url)
print(importlib.metadata.version('ameide-sdk'), ameide_sdk.ANSWER)`;

/** The test's own environment without a word about indexes. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(?:PIP|UV)_/.test(name)),
);

needs(
  'git',
  'python',
  'uv',
  'pip',
)('real clients install what was published', () => {
  let opened: Opened;
  const indexes: Awaited<ReturnType<typeof startPythonIndex>>[] = [];

  /** Builds once with uv; publishes to an index for public, and one for local versions. */
  async function published(localVersions: boolean): Promise<string> {
    const index = await startPythonIndex({ localVersions });
    indexes.push(index);
    opened = await open(commit(PROJECT), {
      uploadUrl: index.uploadUrl,
      simpleUrl: index.simpleUrl,
      token: index.token,
      localVersions,
    });
    const [result] = await opened.publisher.publish(
      opened.plan,
      await build(opened),
      opened.step(),
    );
    expect(result).toMatchObject({ outcome: 'published' });
    return index.simpleUrl;
  }

  afterAll(async () => {
    for (const index of indexes) await index.stop();
    await removeScratch();
  });

  let simpleUrl: string;
  beforeAll(async () => {
    simpleUrl = await published(false);
  });

  async function installed(argv: readonly string[], target: string): Promise<string> {
    const [program = '', ...rest] = argv;
    await run(program, rest, { env: { ...env, PIP_CONFIG_FILE: '/dev/null' } });
    return (await run('python3', ['-c', ASK], { env: { ...env, PYTHONPATH: target } })).stdout;
  }

  const told = (): string =>
    `Source Commit, https://github.com/ameideio/ameide/commit/${opened.sha}\n${opened.plan.version} 42\n`;

  test('pip installs the wheel, --pre, and the metadata tells the commit', async () => {
    const target = folder();
    const argv = [
      'python3',
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--no-cache-dir',
      '--pre',
      '--index-url',
      simpleUrl,
      '--target',
      target,
      'ameide-sdk',
    ];
    expect(await installed(argv, target)).toContain(told());
  });

  test('an index for local versions has the short commit in the version itself', async () => {
    const url = await published(true);
    expect(opened.plan.version).toBe(`0.1.0.dev20251113153211+git.${opened.sha.slice(0, 7)}`);
    const target = folder();
    const argv = [
      'uv',
      'pip',
      'install',
      '--quiet',
      '--no-config',
      '--no-deps',
      '--index-url',
      url,
      '--target',
      target,
    ];
    expect(await installed([...argv, `ameide-sdk===${opened.plan.version}`], target)).toContain(
      told(),
    );
    const coordinate = {
      ecosystem: 'pypi',
      name: 'ameide-sdk',
      version: opened.plan.version,
    } as const;
    expect((await opened.publisher.inspect({ coordinate }, opened.step()))[0]).toMatchObject({
      state: 'same-source',
      sha: opened.sha,
    });
  });
});
