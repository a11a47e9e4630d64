import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@ameide/local-registries/components';
import { expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../scripts/registries.ts');

/** Waits for the file that the script names. */
async function environmentFile(script: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of script.stdout ?? []) {
    printed += String(chunk);
    const [, file] = /another shell: \. (\S+)/.exec(printed) ?? [];
    if (file !== undefined) return file;
  }
  throw new Error(printed);
}

/** Runs a line of a shell, and returns its exit code and what it printed. */
async function shell(line: string): Promise<{ readonly code: number; readonly printed: string }> {
  const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const code = await new Promise<number>((resolve) =>
    child.on('close', (exit) => resolve(exit ?? 1)),
  );
  return { code, printed };
}

needs('git')('registries to try a release on', () => {
  test('run until they are stopped, with their addresses and tokens in a file', async () => {
    const script = spawn(process.execPath, [SCRIPT, 'acme/sdk-go'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => script.on('close', resolve));
    try {
      const file = await environmentFile(script);
      const names = ['NPM_REGISTRY', 'NPM_TOKEN', 'PYPI_TOKEN', 'OCI_PREFIX', 'OCI_TOKEN'];
      const values = names.map((name) => `"$${name}"`).join(' ');
      const { code, printed } = await shell(
        `. ${file} && git ls-remote "$GO_MIRROR" && printf '%s\\n' ${values}`,
      );
      expect(code).toBe(0);
      const [npm = '', ...others] = printed.trim().split('\n');
      expect(others).toHaveLength(4);
      expect(others).not.toContain('');
      expect((await fetch(new URL('-/ping', `${npm}/`))).status).toBe(200);
      script.kill('SIGINT');
      expect(await ended).toBe(0);
      expect(existsSync(file)).toBe(false);
    } finally {
      script.kill('SIGKILL');
    }
  });

  test.each([
    ['--help', 0],
    ['acme', 2],
  ])('%s is answered with the usage', async (argument, expected) => {
    const { code, printed } = await shell(`'${process.execPath}' '${SCRIPT}' ${argument} 2>&1`);
    expect(code).toBe(expected);
    expect(printed).toMatch(/^Usage: /);
  });
});
