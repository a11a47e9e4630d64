import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { component, needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import { type CliResult, runCli } from '../packages/release/test/support/cli.ts';

const run = promisify(execFile);
const example = join(import.meta.dirname, '../examples/ameide');
const packages = join(example, 'packages');

describe('the example SDKs pass their own tests', () => {
  test('TypeScript', async () => {
    const { stdout } = await run(process.execPath, ['--test', 'test/*.test.ts'], {
      cwd: join(packages, 'ameide_sdk_ts'),
    });
    expect(stdout).toMatch(/pass 3\b/);
  });
});

needs('go')('the example Go SDK', () => {
  test('passes its own tests', async () => {
    const { stdout } = await run('go', ['test', '-count=1', './...'], {
      cwd: join(packages, 'ameide_sdk_go'),
    });
    expect(stdout).toMatch(/^ok\s+github\.com\/ameideio\/ameide-sdk-go/);
  });
});

needs('python')('the example Python SDK', () => {
  test('passes its own tests', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'ameide-pycache-'));
    const env = { ...process.env, PYTHONPATH: 'src', PYTHONPYCACHEPREFIX: cache };
    const { stderr } = await run('python3', ['-m', 'unittest', 'discover', 'tests'], {
      cwd: join(packages, 'ameide_sdk_python'),
      env,
    });
    await rm(cache, { recursive: true, force: true });
    expect(stderr).toMatch(/Ran 3 tests[\s\S]*OK/);
  });
});

const manifests = join(example, 'deploy');

/** Checks manifests with the example's own definition. */
async function check(environment: string, path: string, stdin?: string): Promise<CliResult> {
  const config = ['--config', join(example, 'release.config.json')];
  const argv = ['-C', example, 'deploy', 'check', '--env', environment, '--json', ...config, path];
  return runCli(argv, {}, undefined, stdin);
}

describe('the manifests of the example', () => {
  test.each(['development', 'staging', 'production'])(
    'of %s may run there',
    async (environment) => {
      const { code, stdout } = await check(environment, join(manifests, environment));
      expect(JSON.parse(stdout)).toMatchObject({ documents: 2, others: 2, problems: [] });
      expect(JSON.parse(stdout).images).toHaveLength(3);
      expect(code).toBe(0);
    },
  );

  test.each(['development', 'staging'])('of %s may not run in production', async (environment) => {
    const { code, stdout } = await check('production', join(manifests, environment));
    const { problems } = JSON.parse(stdout);
    expect(problems.map((one: { readonly code: string }) => one.code)).toEqual(
      Array(3).fill('deploy-tag-not-allowed'),
    );
    expect(code).toBe(2);
  });

  test('of production may not run dev there', async () => {
    const text = await readFile(join(manifests, 'production/www-ameide.yaml'), 'utf8');
    const { code, stdout } = await check('production', '-', text.replaceAll(':0.1.0', ':dev'));
    const { problems } = JSON.parse(stdout);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatchObject({ code: 'deploy-tag-not-allowed' });
    expect(code).toBe(2);
  });
});

needs('kubeconform')('the manifests of the example', () => {
  test('are what Kubernetes reads', async () => {
    const [program = '', ...own] = component('kubeconform').command ?? [];
    const { stdout } = await run(program, [...own, '-strict', '-summary', manifests]);
    const documents = 2 * (await readdir(manifests)).length;
    expect(stdout).toContain(`Valid: ${documents}, Invalid: 0, Errors: 0, Skipped: 0`);
  });
});
