import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { client, folder } from './client.ts';
import { program } from './detect-component.ts';

describe('needs', () => {
  const vitest = join(
    dirname(createRequire(import.meta.url).resolve('vitest/package.json')),
    'vitest.mjs',
  );

  async function run(env: NodeJS.ProcessEnv): Promise<{
    code: number | null;
    results: readonly { fullName: string; status: string; failureMessages?: string[] }[];
  }> {
    const directory = await folder();
    const [report, config] = [join(directory, 'report.json'), join(directory, 'vitest.config.mjs')];
    const root = fileURLToPath(new URL('.', import.meta.url));
    await writeFile(
      config,
      `export default { test: { include: ['needs-example.ts'], root: ${JSON.stringify(root)} } };`,
    );
    const args = [
      vitest,
      'run',
      '--config',
      config,
      '--root',
      root,
      '--reporter=json',
      `--outputFile=${report}`,
    ];
    const { code, stderr, stdout } = await client(directory, env, process.execPath, ...args);
    const text = await readFile(report, 'utf8').catch(() =>
      Promise.reject(new Error(stderr + stdout)),
    );
    const parsed = JSON.parse(text) as {
      testResults: {
        assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
      }[];
    };
    return { code, results: parsed.testResults.flatMap((file) => file.assertionResults) };
  }

  test('describes when everything is there', async () => {
    const bin = await folder();
    await program(join(bin, 'crane'), 'true');
    expect(await run({ PATH: bin, CI: 'true' })).toMatchObject({
      code: 0,
      results: [{ fullName: 'a suite that runs', status: 'passed' }],
    });
  });

  test('skips, with the reason and the remedy in the title', async () => {
    const { code, results } = await run({ PATH: '/nowhere', CI: '' });
    expect(code).toBe(0);
    expect(results).toMatchObject([{ status: expect.stringMatching(/skipped|pending/) as string }]);
    expect(results[0]?.fullName).toMatch(/^a suite \(needs crane: go install \S+\) that runs$/);
  });

  test('fails in CI, with the reason and the remedy', async () => {
    const { code, results } = await run({ PATH: '/nowhere', CI: 'true' });
    expect(code).toBe(1);
    expect(results).toMatchObject([
      { fullName: 'a suite has every component it needs', status: 'failed' },
    ]);
    expect(results[0]?.failureMessages?.join('')).toMatch(/needs crane: go install /);
  });
});
