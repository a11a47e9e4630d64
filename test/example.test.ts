import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const packages = join(import.meta.dirname, '../examples/ameide/packages');

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
